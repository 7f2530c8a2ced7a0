using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Http;

namespace DrOrchestrator.Tests.Drills.Steps.Http;

public sealed class EndpointUrlTests
{
    private static readonly Uri Endpoint = new("https://desk.bank.test:8443/base");

    [Theory]
    [InlineData("/hook", "https://desk.bank.test:8443/hook")]
    [InlineData("/a//b?x=https://y", "https://desk.bank.test:8443/a//b?x=https://y")]
    public void At_Path_StaysAtTheEndpoint(string path, string expected) => EndpointUrl.At(Endpoint, path).AbsoluteUri.Should().Be(expected);

    /// <summary>Also from another step: whoever writes its output must not be sent the token.</summary>
    [Theory]
    [InlineData("hook")]
    [InlineData("//elsewhere.test/hook")]
    [InlineData("/\\elsewhere.test/hook")]
    [InlineData("/\t/elsewhere.test/hook")]
    [InlineData("https://elsewhere.test/hook")]
    public void At_PathThatLeadsElsewhere_IsRefused(string path)
    {
        var at = () => EndpointUrl.At(Endpoint, path);

        at.Should().Throw<StepFailedException>().WithMessage($"'{path}' is no path; it begins with one /");
    }
}
