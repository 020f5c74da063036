using MlopsPlane.EdgeGateway;
using MlopsPlane.Hosting;

return await PlaneHost.RunAsync(args, new("MlopsPlane EdgeGateway", Embedded: false) { Edge = true }, new EdgeModule());
