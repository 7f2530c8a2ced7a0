using System.Diagnostics;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

/// <summary>The real client against the site. Where kubectl is not installed these tests are skipped.</summary>
public sealed class KubectlTests
{
    private const string Kubectl = "/usr/bin/kubectl";

    [KubectlFact]
    public async Task Kubectl_InItsDailyUse_Works()
    {
        await using var site = await TestSite.StartAsync();
        var manifest = Path.Combine(site.Options.Folder, "store.json");
        await File.WriteAllTextAsync(manifest, Manifests.StatefulSetWithClaim("store", 1, "echo hello; " + Manifests.Patient).ToJsonString());

        var applied = await RunAsync(site, "apply", "--server-side", "--validate=ignore", "-f", manifest);
        var waited = await RunAsync(site, "wait", "--for=condition=Ready", "pod/store-0", "--timeout=10s");
        var got = await RunAsync(site, "get", "statefulsets", "store", "-o", "jsonpath={.status.readyReplicas}");
        var table = await RunAsync(site, "get", "sts,pods,nodes");
        var logs = await RunAsync(site, "logs", "store-0");
        var scaled = await RunAsync(site, "scale", "statefulset/store", "--replicas=0");
        var gone = await RunAsync(site, "wait", "--for=delete", "pod/store-0", "--timeout=10s");
        var conflict = await RunAsync(site, "apply", "--server-side", "--validate=ignore", "-f", manifest);
        var forced = await RunAsync(site, "apply", "--server-side", "--force-conflicts", "--validate=ignore", "-f", manifest);
        var strategic = await RunAsync(site, "label", "statefulset/store", "a=b");
        var patched = await RunAsync(site, "patch", "statefulset/store", "--type=merge", "-p", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
        var rolled = await RunAsync(site, "rollout", "status", "statefulset/store", "--timeout=10s");
        var deleted = await RunAsync(site, "delete", "statefulset/store", "--timeout=10s");

        applied.Should().Be((0, "statefulset.apps/store serverside-applied\n"));
        waited.Should().Be((0, "pod/store-0 condition met\n"));
        got.Should().Be((0, "1"));
        table.Output.Should().Contain("statefulset.apps/store").And.Contain("pod/store-0").And.Contain("node/lab-node-1");
        logs.Output.Should().StartWith("hello\nport ");
        scaled.Should().Be((0, "statefulset.apps/store scaled\n"));
        gone.Code.Should().Be(0);
        conflict.Code.Should().Be(1);
        conflict.Output.Should().Contain("Apply failed with 1 conflict: conflict with \"kubectl\" with subresource \"scale\" using apps/v1").And.Contain(".spec.replicas");
        forced.Should().Be((0, "statefulset.apps/store serverside-applied\n"));
        strategic.Code.Should().Be(0, strategic.Output);
        patched.Code.Should().Be(0);
        rolled.Code.Should().Be(0, rolled.Output);
        deleted.Should().Be((0, "statefulset.apps \"store\" deleted\n"));
    }

    private static async Task<(int Code, string Output)> RunAsync(TestSite site, params string[] arguments)
    {
        var info = new ProcessStartInfo(Kubectl, ["--kubeconfig", site.Site.KubeconfigPath, "--cache-dir", Path.Combine(site.Options.Folder, "kubectl"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["HOME"] = site.Options.Folder;
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private sealed class KubectlFactAttribute : FactAttribute
    {
        public KubectlFactAttribute() => Skip = File.Exists(Kubectl) ? null : $"kubectl is not installed at {Kubectl}; the real client was not tried.";
    }
}
