using Microsoft.Extensions.Hosting;

namespace DrOrchestrator.Web;

/// <summary>Ends the server when its standard input ends, which also happens when the parent is killed without a chance to say so.</summary>
internal sealed class StdinWatch(StandardStreams streams, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A thread of its own: a read of standard input cannot be cancelled, and as a background thread it keeps nothing alive.
        new Thread(ReadToEnd) { IsBackground = true, Name = "stdin" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void ReadToEnd()
    {
        using var input = streams.Input();
        var ignored = new byte[256];
        while (input.Read(ignored) > 0)
        {
        }

        lifetime.StopApplication();
    }
}
