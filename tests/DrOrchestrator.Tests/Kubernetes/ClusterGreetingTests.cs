using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DrOrchestrator.Tests.Kubernetes;

public sealed class ClusterGreetingTests
{
    [Fact]
    public async Task Start_OneSiteAnswersAndOneDoesNot_SaysBothAndGoesOn()
    {
        await using var cluster = await FakeCluster.StartAsync();
        cluster.Intercept = (request, _) => request.Path.StartsWithSegments("/version")
            ? (200, JsonNode.Parse("""{"major":"1","minor":"32","gitVersion":"v1.32.0","gitCommit":"","gitTreeState":"","buildDate":"","goVersion":"","compiler":"","platform":""}"""))
            : null;
        var log = new Lines();
        using var connections = new ClusterConnections(TimeProvider.System);
        var estate = new Estate(
            "e", "", "", false, [Site("primary", cluster.KubeconfigPath), Site("dr", cluster.KubeconfigPath + ".gone"), Site("paper", null)], [], [], [], [], [], [], []);
        using var lifetime = new Started();
        using var greeting = new ClusterGreeting(new EstateHolder(estate), connections, lifetime, log);

        await greeting.StartAsync(default);
        log.Said.Should().BeEmpty("the server is not up yet, and its start waits for no site");
        lifetime.Start();
        await greeting.ExecuteTask!;

        log.Said.Should().HaveCount(2)
            .And.ContainSingle(line => line == "Information The Kubernetes API of site primary answers: v1.32.0")
            .And.ContainSingle(line => line.StartsWith("Warning The Kubernetes API of site dr does not answer: ") && line.Contains(".gone"));
    }

    private static Site Site(string name, string? kubeconfig) => new(name, SiteRole.SameCity, null, kubeconfig, kubeconfig is null ? null : "primary");

    private sealed class Started : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void Start() => _started.Cancel();

        public void StopApplication()
        {
        }

        public void Dispose() => _started.Dispose();
    }

    private sealed class Lines : ILogger<ClusterGreeting>
    {
        public ConcurrentQueue<string> Said { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Enqueue($"{logLevel} {formatter(state, exception)}");
    }
}
