using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>What a container is doing. A closed set; each knows its form in a pod's status.</summary>
internal abstract record ContainerState
{
    private ContainerState()
    {
    }

    public abstract JsonObject ToStatus();

    /// <summary>Not started, and why.</summary>
    internal sealed record Waiting(string Reason, string? Message = null) : ContainerState
    {
        public override JsonObject ToStatus()
        {
            var inside = new JsonObject { ["reason"] = Reason };
            inside.Put("message", Message is null ? null : JsonValue.Create(Message));
            return new JsonObject { ["waiting"] = inside };
        }
    }

    /// <summary>Its process runs.</summary>
    internal sealed record Running(DateTimeOffset StartedAt) : ContainerState
    {
        public override JsonObject ToStatus() => new() { ["running"] = new JsonObject { ["startedAt"] = StartedAt.ToSeconds() } };
    }

    /// <summary>Its process has ended.</summary>
    internal sealed record Terminated(int ExitCode, string Reason, string? Message, string? StartedAt, string? FinishedAt) : ContainerState
    {
        public static Terminated Ended(int exitCode, DateTimeOffset startedAt, DateTimeOffset finishedAt) =>
            new(exitCode, exitCode == 0 ? "Completed" : "Error", null, startedAt.ToSeconds(), finishedAt.ToSeconds());

        /// <summary>What is said of a container whose end nobody saw because the site was down.</summary>
        public static Terminated Lost() => new(
            137, "ContainerStatusUnknown", "The container could not be located when the pod was looked after again", null, null);

        public static Terminated? Read(JsonObject? state) => state.Map("terminated") is { } ended
            ? new Terminated(ended.Number("exitCode") ?? 0, ended.Text("reason") ?? "", ended.Text("message"), ended.Text("startedAt"), ended.Text("finishedAt"))
            : null;

        public override JsonObject ToStatus()
        {
            var inside = new JsonObject { ["exitCode"] = ExitCode, ["reason"] = Reason };
            if (ExitCode is > 128 and < 128 + 65 && Reason == "Error")
            {
                inside["signal"] = ExitCode - 128;
            }

            inside.Put("message", Message is null ? null : JsonValue.Create(Message));
            inside["startedAt"] = StartedAt;
            inside["finishedAt"] = FinishedAt;
            return new JsonObject { ["terminated"] = inside };
        }
    }
}
