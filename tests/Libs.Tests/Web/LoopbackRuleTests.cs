using MlopsPlane.Web.Guards;

namespace MlopsPlane.Libs.Tests.Web;

public sealed class LoopbackRuleTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5000")]
    [InlineData("http://localhost:5000;http://[::1]:5000")]
    [InlineData("http://127.8.9.1:0")]
    public void A_loopback_address_may_be_listened_on(string urls) => Assert.Null(LoopbackRule.Refusal(urls));

    [Theory]
    [InlineData("http://0.0.0.0:5000")]
    [InlineData("http://[::]:5000")]
    [InlineData("http://*:5000")]
    [InlineData("http://+:5000")]
    [InlineData("http://192.168.0.4:5000")]
    [InlineData("http://example.com:5000")]
    [InlineData("http://127.0.0.1:5000;http://10.0.0.1:5001")]
    [InlineData("unix:/tmp/socket")]
    [InlineData("nonsense")]
    public void Any_other_address_is_refused_while_there_is_no_identity(string urls) => Assert.NotNull(LoopbackRule.Refusal(urls));
}
