using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>Asks a container over HTTP whether it is ready: quickly until it first is, then at the probe's period.</summary>
internal sealed class ReadinessProbe(JsonObject probe, int port, HttpClient client, TimeProvider time)
{
    private static readonly TimeSpan Start = TimeSpan.FromMilliseconds(50);

    private readonly Uri _address = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/{(probe.Text("httpGet", "path") ?? "/").TrimStart('/')}"));

    /// <summary>Reports every change of readiness until it is cancelled.</summary>
    public async Task RunAsync(Action<bool> report, CancellationToken cancellationToken)
    {
        var period = TimeSpan.FromSeconds(Math.Max(1, probe.Number("periodSeconds") ?? 10));
        var failuresAllowed = Math.Max(1, probe.Number("failureThreshold") ?? 3);
        var ready = false;
        var everReady = false;
        var failures = 0;
        await Task.Delay(TimeSpan.FromSeconds(probe.Number("initialDelaySeconds") ?? 0), time, cancellationToken);
        while (true)
        {
            var success = await AskAsync(cancellationToken);
            failures = success ? 0 : failures + 1;
            var next = success || (ready && failures < failuresAllowed);
            if (next != ready)
            {
                ready = next;
                report(ready);
            }

            everReady |= ready;
            await Task.Delay(everReady ? period : Start, time, cancellationToken);
        }
    }

    private async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Max(1, probe.Number("timeoutSeconds") ?? 1)), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await client.GetAsync(_address, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return (int)response.StatusCode is >= 200 and < 400;
        }
        catch (Exception problem) when (CallFailure.Is(problem) && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
