return await MlopsPlane.Hosting.PlaneHost.RunAsync(args, new("MlopsPlane ModelRegistry", Embedded: false), new MlopsPlane.ModelRegistry.RegistryModule());
