return await MlopsPlane.Hosting.PlaneHost.RunAsync(args, new("MlopsPlane Access", Embedded: false), new MlopsPlane.Access.AccessModule());
