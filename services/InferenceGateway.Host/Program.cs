return await MlopsPlane.Hosting.PlaneHost.RunAsync(args, new("MlopsPlane InferenceGateway", Embedded: false), new MlopsPlane.InferenceGateway.InferenceModule());
