using System.Net;
using System.Security.Cryptography.X509Certificates;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Tests.Probes;

/// <summary>Against a real server of both versions.</summary>
public sealed class HttpVersionTests : IDisposable
{
    private readonly HttpBench _bench = new();
    private readonly TestCertificates _certificates = new();

    public void Dispose()
    {
        _bench.Dispose();
        _certificates.Dispose();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task RunAsync_Version2Asked_IsSpokenLookAfterLook(bool secure, bool fresh)
    {
        using var certificate = _certificates.Sign("localhost");
        await using var server = await StartAsync(HttpProtocols.Http2, secure ? certificate : null);
        using var probe = _bench.Create(Settings(server, secure) with { IsHttp2 = true, FreshConnection = fresh, BodyContains = "HTTP/2" }, tellAlways: true);

        for (var i = 0; i < 3; i++)
        {
            var result = await probe.RunAsync(default);

            result.Outcome.Should().Be(ProbeOutcome.Up, result.Reason);
            (result.Phases!.Value.Connect is not null).Should().Be(fresh || i == 0);
            result.Notes!.Select(note => note.Text).Should().Contain("answered HTTP 200 over HTTP/2.0");
        }
    }

    [Fact]
    public async Task RunAsync_Version2AskedOfAServerOfVersion1_IsDown()
    {
        using var certificate = _certificates.Sign("localhost");
        await using var server = await StartAsync(HttpProtocols.Http1, certificate);

        (await _bench.LookAsync(Settings(server, true) with { IsHttp2 = true })).Outcome.Should().Be(ProbeOutcome.Down);
    }

    [Fact]
    public async Task RunAsync_NothingAsked_IsVersion1()
    {
        using var certificate = _certificates.Sign("localhost");
        await using var server = await StartAsync(HttpProtocols.Http1AndHttp2, certificate);

        (await _bench.LookAsync(Settings(server, true) with { BodyContains = "HTTP/1.1" })).Outcome.Should().Be(ProbeOutcome.Up);
    }

    private HttpProbeSettings Settings(WebApplication server, bool secure) =>
        HttpBench.Settings(new Uri($"{(secure ? "https" : "http")}://localhost:{new Uri(server.Urls.First()).Port}/")) with { Ip = IpChoice.Four, Tls = secure ? TlsSettings.Usual with { CaFile = _certificates.AuthorityFile } : null };

    private static async Task<WebApplication> StartAsync(HttpProtocols protocols, X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsync(context.Request.Protocol));
        await app.StartAsync();
        return app;
    }
}
