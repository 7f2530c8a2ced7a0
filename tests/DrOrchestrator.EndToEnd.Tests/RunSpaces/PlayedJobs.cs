using System.Text.Json.Nodes;
using DrOrchestrator.Testing.Kubernetes;

namespace DrOrchestrator.EndToEnd.RunSpaces;

/// <summary>What controllers and a kubelet would do with Jobs on the far side of the wire.</summary>
internal static class PlayedJobs
{
    /// <summary>A Job's pod ends, and the Job with it.</summary>
    public static void End(FakeObjects world, string ns, JsonObject job, (int ExitCode, string Log) end)
    {
        world.Put($"/api/v1/namespaces/{ns}/pods/{job["metadata"]!["name"]}-x", new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["name"] = job["metadata"]!["name"]!.DeepClone(), ["uid"] = job["metadata"]!["uid"]!.DeepClone() }) },
            ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "job" }) },
            ["status"] = new JsonObject
            {
                ["phase"] = end.ExitCode == 0 ? "Succeeded" : "Failed",
                ["containerStatuses"] = new JsonArray(new JsonObject { ["name"] = "job", ["image"] = "i", ["imageID"] = "i", ["ready"] = false, ["restartCount"] = 0, ["state"] = new JsonObject { ["terminated"] = new JsonObject { ["exitCode"] = end.ExitCode } } }),
            },
            ["log"] = end.Log,
        });
        job["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = end.ExitCode == 0 ? "Complete" : "Failed", ["status"] = "True" }) };
    }
}
