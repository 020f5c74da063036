return await MlopsPlane.Hosting.PlaneHost.RunAsync(args, new("MlopsPlane Console", Embedded: false), new MlopsPlane.Pages.ConsoleModule());
