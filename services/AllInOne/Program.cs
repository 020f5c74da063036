using MlopsPlane.AllInOne;
using MlopsPlane.Hosting;

return await PlaneHost.RunAsync(args, new PlaneHostOptions("MlopsPlane", Embedded: true), Product.Modules);
