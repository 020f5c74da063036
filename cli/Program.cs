return await MlopsPlane.Cli.PlaneProgram.RunAsync(args);
