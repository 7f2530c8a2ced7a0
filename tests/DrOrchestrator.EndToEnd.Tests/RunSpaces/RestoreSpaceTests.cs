using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Postgres;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.EndToEnd.RunSpaces;

/// <summary>
/// A restore check in a namespace of its run: a real base backup is restored by the command of the Job, run as a process here. The cluster is the far side of the wire, with the controllers
/// played; <c>RestoreSpaceConformanceTests</c> is the same against real ones.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class RestoreSpaceTests
{
    [PostgresFact]
    public Task Run_RestoresInItsNamespace_CountsAsARestoreCheck_AndLeavesNothing() => WorkFolder.UseAsync(
        async folder =>
        {
            await using RestoreGround ground = await RestoreGround.MakeAsync();
            await using FakeCluster cluster = await StartAsync(ground);

            RestoreDrill drill = await RestoreDrill.CarryAsync(folder, await File.ReadAllTextAsync(cluster.KubeconfigPath), ground, "lab", storage: null, asksForRights: false);

            drill.ShouldHavePassed(ground);
            cluster.Objects.Find($"/api/v1/namespaces/{drill.Namespace}").Should().BeNull();
        },
        "restore-space");

    [PostgresFact]
    public Task Run_ABackupOfWhichNothingShowsThatItIsWhole_IsAFindingThatTakesTheNamespaceAway() => WorkFolder.UseAsync(
        async folder =>
        {
            await using RestoreGround ground = await RestoreGround.MakeAsync("rm backup_manifest");
            await using FakeCluster cluster = await StartAsync(ground);

            RestoreDrill drill = await RestoreDrill.CarryAsync(folder, await File.ReadAllTextAsync(cluster.KubeconfigPath), ground, "lab", storage: null, asksForRights: false);

            drill.View.Outcome.Should().Be("failed", string.Join('\n', drill.Log));
            drill.View.Failure.Should().Contain("job failed with exit code 3, by which it says that it changed nothing: the backup has no backup_manifest: nothing shows that it is whole");
            drill.View.RolledBack.Should().BeTrue();
            drill.View.Duties.Should().BeEmpty();
            drill.Log.Should().Contain(line => line.Contains("\"verified\":false", StringComparison.Ordinal), "what was found stays on record");
            drill.View.Steps.Should().NotContain(step => step.Name == "business-verification" && step.Attempts > 0, "nobody is asked to confirm it");
            cluster.Objects.Find($"/api/v1/namespaces/{drill.Namespace}").Should().BeNull();
            drill.Next.Outcome.Should().NotBe("passed", "a finding is no restore check");
        },
        "restore-space-finding");

    private static async Task<FakeCluster> StartAsync(RestoreGround ground)
    {
        FakeCluster cluster = await FakeCluster.StartAsync();
        cluster.WriteKubeconfig("token: test-token", context: "dr");
        Put(cluster, "ledger-backups", "REPO_KEY", ground.Key);
        Put(cluster, "registry-dr", ".dockerconfigjson", ground.PullSecret);
        Task<(int ExitCode, string Log)>? running = null;
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
                    JsonNode container = job["spec"]!["template"]!["spec"]!["containers"]![0]!;
                    running ??= ground.RunAsync([.. container["command"]!.AsArray().Select(word => word!.ToString())], Environment(world, ns, container));
                    if (running.IsCompleted)
                    {
                        PlayedJobs.End(world, ns, job, running.GetAwaiter().GetResult());
                    }
                }
            }
        };
        return cluster;
    }

    private static void Put(FakeCluster cluster, string name, string key, string value) => cluster.Objects.Put(
        $"/api/v1/namespaces/lab/secrets/{name}",
        new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Secret", ["type"] = "Opaque", ["data"] = new JsonObject { [key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) } });

    /// <summary>As a kubelet makes it up, from the Secrets that are in the namespace.</summary>
    private static Dictionary<string, string> Environment(FakeObjects world, string ns, JsonNode container)
    {
        var environment = container["env"]!.AsArray().ToDictionary(one => one!["name"]!.ToString(), one => one!["value"]!.ToString());
        foreach (JsonNode? from in container["envFrom"]!.AsArray())
        {
            foreach ((string key, JsonNode? value) in world.Find($"/api/v1/namespaces/{ns}/secrets/{from!["secretRef"]!["name"]}")!["data"]!.AsObject())
            {
                environment[key] = Encoding.UTF8.GetString(Convert.FromBase64String(value!.ToString()));
            }
        }

        return environment;
    }
}
