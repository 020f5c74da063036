using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Errors;

/// <summary>The form in which one protocol tells its clients what went wrong.</summary>
public interface IErrorShape
{
    /// <summary>Whether the path (without its workspace base) belongs to the protocol.</summary>
    bool Claims(PathString path);

    Task WriteAsync(HttpContext http, PlaneError error);
}
