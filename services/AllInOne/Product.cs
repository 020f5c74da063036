using MlopsPlane.Access;
using MlopsPlane.ExperimentTracker;
using MlopsPlane.Hosting;
using MlopsPlane.InferenceGateway;
using MlopsPlane.ModelRegistry;
using MlopsPlane.Pages;

namespace MlopsPlane.AllInOne;

/// <summary>The whole product in one process.</summary>
public static class Product
{
    public static IPlaneModule[] Modules => [new AccessModule(), new TrackerModule(), new RegistryModule(), new InferenceModule(), new ConsoleModule()];
}
