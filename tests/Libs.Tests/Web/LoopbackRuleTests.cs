using MlopsPlane.Web.Guards;

namespace MlopsPlane.Libs.Tests.Web;

public sealed class LoopbackRuleTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5000")]
    [InlineData("http://localhost:5000;http://[::1]:5000")]
    [InlineData("http://127.8.9.1:0")]
    public void A_loopback_address_is_reached_by_this_machine_only(string urls) => Assert.True(LoopbackRule.OnlyLoopback(urls, out var wrong) && wrong is null);

    [Theory]
    [InlineData("http://0.0.0.0:5000")]
    [InlineData("http://[::]:5000")]
    [InlineData("http://*:5000")]
    [InlineData("http://+:5000")]
    [InlineData("http://192.168.0.4:5000")]
    [InlineData("http://example.com:5000")]
    [InlineData("http://127.0.0.1:5000;http://10.0.0.1:5001")]
    public void Any_other_address_is_reached_by_other_machines(string urls) => Assert.False(LoopbackRule.OnlyLoopback(urls, out _));

    [Theory]
    [InlineData("unix:/tmp/socket", "unix:/tmp/socket")]
    [InlineData("http://127.0.0.1:5000;nonsense", "nonsense")]
    public void What_is_no_address_is_named(string urls, string named)
    {
        LoopbackRule.OnlyLoopback(urls, out var wrong);
        Assert.Equal(named, wrong);
    }
}
