using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Errors;

namespace MlopsPlane.Libs.Tests.Web;

public sealed class GrpcErrorShapeTests
{
    [Theory]
    [InlineData(400, "3")]
    [InlineData(409, "6")]
    [InlineData(413, "8")]
    [InlineData(499, "1")]
    [InlineData(500, "13")]
    [InlineData(501, "12")]
    [InlineData(503, "14")]
    [InlineData(504, "4")]
    public async Task A_status_becomes_grpcs(int status, string code)
    {
        var http = new DefaultHttpContext();
        await new GrpcErrorShape().WriteAsync(http, new PlaneError(status, "code", "50 % ü"));
        Assert.Equal((200, code, "50 %25 %C3%BC"), (http.Response.StatusCode, http.Response.Headers["grpc-status"].ToString(), http.Response.Headers["grpc-message"].ToString()));
    }
}
