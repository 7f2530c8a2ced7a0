using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Kill;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.EndToEnd.RunSpaces;

/// <summary>
/// The server dies (SIGKILL) at every write that a run with a namespace of its own sends, and beside every journal line of it: the namespace is made once and removed, and nothing is left. The
/// cluster is the far side of the wire, with the controllers played; <c>SpaceDrillConformanceTests</c> is the same against real ones.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class SpaceKillTests
{
    private static readonly string[] Written = ["POST namespaces", "POST networkpolicies", "POST resourcequotas", "POST limitranges", "POST jobs", "DELETE namespaces"];

    /// <summary>The request has landed and its answer is lost; or the request is lost with the process.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Run_KilledAtEveryWrite_MakesItOnceAndLeavesNothing(bool landed) => WorkFolder.UseAsync(
        async folder =>
        {
            await using FakeCluster cluster = await StartAsync();
            ServerProcess? server = null;
            var struck = new ConcurrentDictionary<string, bool>();
            cluster.Intercept = (request, _) =>
            {
                string write = Write(request.Method, request.Path);
                if (request.Method == "GET" || server is null || !struck.TryAdd(write, true))
                {
                    return null;
                }

                using Process process = Process.GetProcessById(server.ProcessId);
                process.Kill();
                process.WaitForExit();
                return landed ? null : (503, null);
            };

            SpaceDrill drill = await SpaceDrill.CarryAsync(folder, await File.ReadAllTextAsync(cluster.KubeconfigPath), null, asksForRights: false, started => server = started);

            drill.ShouldHavePassed();
            struck.Keys.Should().BeEquivalentTo(Written);
            drill.Exits.Should().HaveCount(Written.Length);
            ShouldHaveWrittenOnce(cluster, drill);
        },
        $"space-{(landed ? "landed" : "lost")}");

    /// <summary>Before its effect a step dies in the case above where the request is lost.</summary>
    [Fact]
    public Task Run_KilledBehindEveryEffect_MakesItOnceAndLeavesNothing() => WorkFolder.UseAsync(
        async folder =>
        {
            await using FakeCluster cluster = await StartAsync();

            SpaceDrill drill = await SpaceDrill.CarryAsync(folder, await File.ReadAllTextAsync(cluster.KubeconfigPath), new KillOrder("after-effect", null), asksForRights: false);

            drill.ShouldHavePassed();
            drill.Kills.Should().BeEquivalentTo(SpaceDrill.Steps);
            ShouldHaveWrittenOnce(cluster, drill);
        },
        "space-after-effect");

    private static void ShouldHaveWrittenOnce(FakeCluster cluster, SpaceDrill drill)
    {
        cluster.Mutations.Select(request => Write(request.Method, request.Path)).Should().BeEquivalentTo(Written, "each write has one effect");
        cluster.Objects.Find($"/api/v1/namespaces/{drill.Namespace}").Should().BeNull();
        cluster.Objects.Under($"/apis/batch/v1/namespaces/{drill.Namespace}/jobs").Should().BeEmpty();
    }

    private static string Write(string method, string path) => method == "DELETE" ? $"DELETE {path.Split('/')[^2]}" : $"{method} {path.Split('/')[^1]}";

    /// <summary>A cluster whose quota is counted and whose Jobs end at once.</summary>
    private static async Task<FakeCluster> StartAsync()
    {
        FakeCluster cluster = await FakeCluster.StartAsync();
        cluster.WriteKubeconfig("token: test-token", context: "dr");
        cluster.Objects.World = world =>
        {
            foreach (string ns in world.Under("/api/v1/namespaces").Select(o => o.Path.Split('/')[^1]))
            {
                foreach ((_, JsonObject quota) in world.Under($"/api/v1/namespaces/{ns}/resourcequotas").Where(o => o.Object["status"] is null))
                {
                    quota["status"] = new JsonObject { ["hard"] = quota["spec"]!["hard"]!.DeepClone() };
                }

                foreach ((_, JsonObject job) in world.Under($"/apis/batch/v1/namespaces/{ns}/jobs").Where(o => o.Object["status"]?["conditions"] is null))
                {
                    PlayedJobs.End(world, ns, job, (0, "checked\n"));
                }
            }
        };
        return cluster;
    }
}
