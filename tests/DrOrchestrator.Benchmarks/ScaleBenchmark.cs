using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using DrOrchestrator.Kubernetes;
using DrOrchestrator.Testing.Kubernetes;
using DrOrchestrator.Web;
using k8s;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Benchmarks;

/// <summary>What a step of <c>k8s.scale</c> takes beyond its calls: a plan of 200 of them against a cluster that this process plays, and then the very same requests without anything around them.</summary>
internal static class ScaleBenchmark
{
    private const int Steps = 200;
    private const int Runs = 4;

    public static async Task RunAsync(WorkFolder work, Report report)
    {
        await using var target = await ProbeTarget.StartAsync();
        await using var cluster = await FakeCluster.StartAsync();
        _ = new FakeLedgerSite(cluster.Objects, apiReplicas: 10);
        cluster.Objects.Change(objects => objects.Find(FakeLedgerSite.Api)!["spec"]!["template"] = JsonNode.Parse("""{"metadata":{},"spec":{"containers":[{"name":"api","image":"registry/api:1"}]}}"""));
        var (estate, data) = (work.Folder("scale-estate"), work.Folder("scale-data"));
        new BenchEstate(1, target.Url)
        {
            Systems = 1,
            MoreSites = [$"- {{ name: site-0, role: remote, kubeconfig: \"{cluster.KubeconfigPath}\", context: primary }}"],
            PlanSteps = Steps,
            PlanStep = "kind: k8s.scale, site: site-0, with: { namespace: ledger, workload: deployment/ledger-api, replicas: 1$odd }",
        }.Write(estate);
        List<double> steps = [], floors = [];
        await using var app = ServerBuilder.Build(new ServeOptions(estate, data));
        await app.StartAsync();
        var client = app.Services.GetRequiredService<ClusterConnections>().Of(app.Services.GetRequiredService<EstateHolder>().Current, "site-0");
        for (var run = 0; run < Runs; run++)
        {
            var (began, sent) = (new List<long>(), new List<FakeRequest>());
            var patched = new ConcurrentQueue<long>();
            cluster.Intercept = (request, _) =>
            {
                if (request.Method == "PATCH")
                {
                    patched.Enqueue(TimeProvider.System.GetTimestamp());
                }

                return null;
            };
            cluster.Requests.Clear();
            await StepBenchmark.RunPlanAsync(app.Services);
            cluster.Intercept = null;
            began.AddRange(patched);
            sent.AddRange(cluster.Requests.Where(request => !request.Path.EndsWith("/pods", StringComparison.Ordinal)));
            var floor = await ReplayAsync((k8s.Kubernetes)client, sent);
            if (run > 0)
            {
                // The first one compiles.
                steps.AddRange(began.Zip(began.Skip(1), (one, next) => TimeProvider.System.GetElapsedTime(one, next).TotalMilliseconds));
                floors.Add(floor / began.Count);
            }
        }

        await app.StopAsync();
        var (step, bare) = (new Samples(steps), new Samples(floors));
        report.Add(new Figure($"a step of k8s.scale beyond its calls, p50 of {step.Count}, SQLite", $"{step.Median - bare.Median:F2} ms", "< 5 ms", step.Median - bare.Median < 5));
        report.Add(new Figure("... all of it, p50 / p95", $"{step.Median:F2} / {step.Quantile(0.95):F2} ms"));
        report.Add(new Figure("... floor: the same requests alone, for one step", $"{bare.Median:F2} ms"));
    }

    private static async Task<double> ReplayAsync(k8s.Kubernetes client, IReadOnlyList<FakeRequest> sent)
    {
        var began = TimeProvider.System.GetTimestamp();
        foreach (var one in sent)
        {
            // Preconditions of the past would be refused, which is as long a way.
            using var request = new HttpRequestMessage(new HttpMethod(one.Method), new Uri(client.BaseUri, one.Path + one.Query)) { Version = System.Net.HttpVersion.Version20 };
            request.Content = one.Body is { } body ? new StringContent(body, Encoding.UTF8, "application/apply-patch+yaml") : null;
            await client.Credentials.ProcessHttpRequestAsync(request, default);
            using var response = await client.HttpClient.SendAsync(request);
            await response.Content.ReadAsStringAsync();
        }

        return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
    }
}
