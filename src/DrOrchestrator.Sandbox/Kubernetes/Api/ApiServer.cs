using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DrOrchestrator.Sandbox.Kubernetes.Api;

/// <summary>The HTTPS listener of one site, on 127.0.0.1 alone.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly CancellationTokenSource _stopping;

    private ApiServer(WebApplication application, CancellationTokenSource stopping)
    {
        _application = application;
        _stopping = stopping;
    }

    /// <exception cref="IOException">Someone else listens on the port.</exception>
    public static async Task<ApiServer> StartAsync(SiteAccess access, SiteCertificates certificates, ApiHandler handler, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Names of fields stand in warnings.
            kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.UTF8;
            kestrel.Listen(IPAddress.Loopback, access.Port, listen => listen.UseHttps(certificates.Server));
        });

        // Signals belong to the process the site runs in, not to the site.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var application = builder.Build();
        var stopping = new CancellationTokenSource();
        application.UseWebSockets();
        application.Run(http => HandleAsync(handler, http, stopping.Token));
        await application.StartAsync(cancellationToken);
        return new ApiServer(application, stopping);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _application.DisposeAsync();
        _stopping.Dispose();
    }

    private static async Task HandleAsync(ApiHandler handler, HttpContext http, CancellationToken stopping)
    {
        try
        {
            await handler.HandleAsync(http, stopping);
        }
        catch (Exception problem) when (problem is OperationCanceledException or IOException && (http.RequestAborted.IsCancellationRequested || stopping.IsCancellationRequested))
        {
            // The client left, or the site stops: nobody is there to be answered.
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
