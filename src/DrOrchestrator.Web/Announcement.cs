using System.Text.Json;
using DrOrchestrator.Time;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace DrOrchestrator.Web;

/// <summary>The line on standard output with which a server says where it answers, made of its URL.</summary>
internal sealed record AnnouncedLine(Func<string, string> Of)
{
    public static AnnouncedLine Ready { get; } = new(url => JsonSerializer.Serialize(new ReadyLine(true, url), ServerJson.Default.ReadyLine));

    public static AnnouncedLine StandingBy { get; } = new(url => JsonSerializer.Serialize(new StandingByLine(false, true, url), ServerJson.Default.StandingByLine));
}

/// <summary>Says where the server answers, once it does: <c>server.json</c>, and a line on standard output when asked. Takes the file away when it stops.</summary>
internal sealed class Announcement(IServer server, DataFolder folder, ServeOptions options, StandardStreams streams, ProcessClock clock, AnnouncedLine line) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var url = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        PrivateFile.Write(folder.ServerFile, new ServerFile(url, Environment.ProcessId, clock.Now).ToJson());
        if (options.AnnounceReady)
        {
            streams.Output.WriteLine(line.Of(url));
            streams.Output.Flush();
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        File.Delete(folder.ServerFile);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
