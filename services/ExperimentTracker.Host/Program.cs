return await MlopsPlane.Hosting.PlaneHost.RunAsync(args, new("MlopsPlane ExperimentTracker", Embedded: false), new MlopsPlane.ExperimentTracker.TrackerModule());
