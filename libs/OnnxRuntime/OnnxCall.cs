using Microsoft.ML.OnnxRuntime;

namespace MlopsPlane.OnnxRuntime;

/// <summary>Turns the binding's exceptions into ours. Not for the hot path, which catches where it calls.</summary>
internal static class OnnxCall
{
    public static T Of<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (OnnxRuntimeException failure)
        {
            throw OnnxException.Of(failure);
        }
    }

    public static void Of(Action call) => Of(() =>
    {
        call();
        return 0;
    });
}
