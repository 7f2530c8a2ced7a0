using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>Runs one pod to its success, again after a failure and a pause, until the limit of failures.</summary>
internal sealed class JobController(TimeSpan firstPause) : IController
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(6);

    // When this controller saw a pod's failure: the statuses tell it in whole seconds only.
    private readonly Dictionary<string, DateTimeOffset> _failedAt = new(StringComparer.Ordinal);

    public void Reconcile(Pass pass)
    {
        foreach (var job in pass.All(ResourceKind.Jobs))
        {
            var pods = pass.OwnedBy(job, ResourceKind.Pods).ToList();
            if (Finished(job) is { } at)
            {
                Expire(pass, job, at);
            }
            else if (!job.Deleting)
            {
                Act(pass, job, pods);
            }
        }

        foreach (var uid in _failedAt.Keys.Except(pass.All(ResourceKind.Pods).Select(pod => pod.Uid)).ToList())
        {
            _failedAt.Remove(uid);
        }
    }

    private static DateTimeOffset? Finished(Live job) => job.Status.Items("conditions")
        .Where(condition => condition.Text("type") is "Complete" or "Failed" && condition.Text("status") == "True")
        .Select(condition => Moments.Parse(condition.Text("lastTransitionTime")))
        .FirstOrDefault();

    private static void Expire(Pass pass, Live job, DateTimeOffset finishedAt)
    {
        if (job.Spec.Number("ttlSecondsAfterFinished") is { } seconds && !job.Deleting)
        {
            var end = finishedAt.AddSeconds(seconds);
            if (pass.Now >= end)
            {
                pass.Delete(job);
            }
            else
            {
                pass.LookAgainAt(end);
            }
        }
    }

    private void Act(Pass pass, Live job, List<Live> pods)
    {
        // A pod that was deleted before it ended counts as failed, once it is over.
        var failed = pods.Where(pod => pod.Status.Text("phase") == "Failed").ToList();
        var succeeded = pods.Exists(pod => pod.Status.Text("phase") == "Succeeded");
        var active = pods.Where(pod => !pod.IsOver()).ToList();
        var counted = Math.Max(failed.Count, job.Status.Number("failed") ?? 0);
        var startedAt = Moments.Parse(job.Status.Text("startTime")) ?? pass.Now;
        var deadline = job.Spec.Number("activeDeadlineSeconds") is { } limit ? startedAt.AddSeconds(limit) : (DateTimeOffset?)null;
        if (succeeded)
        {
            Report(pass, job, startedAt, active.Count, counted, "Complete", "CompletionsReached", "Reached expected number of succeeded pods");
        }
        else if (deadline <= pass.Now)
        {
            active.Where(pod => !pod.Deleting).ToList().ForEach(pass.Delete);
            Report(pass, job, startedAt, 0, counted, "Failed", "DeadlineExceeded", "Job was active longer than specified deadline");
        }
        else if (counted > (job.Spec.Number("backoffLimit") ?? 6))
        {
            active.Where(pod => !pod.Deleting).ToList().ForEach(pass.Delete);
            Report(pass, job, startedAt, 0, counted, "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit");
        }
        else
        {
            if (deadline is { } end)
            {
                pass.LookAgainAt(end);
            }

            var started = active.Count == 0 && StartWhenDue(pass, job, failed, counted);
            Report(pass, job, startedAt, active.Count + (started ? 1 : 0), counted, null, null, null);
        }
    }

    private bool StartWhenDue(Pass pass, Live job, List<Live> failed, int counted)
    {
        var last = DateTimeOffset.MinValue;
        foreach (var pod in failed)
        {
            _failedAt.TryAdd(pod.Uid, pass.Now);
            last = _failedAt[pod.Uid] > last ? _failedAt[pod.Uid] : last;
        }

        if (counted > 0 && last > DateTimeOffset.MinValue)
        {
            var pause = firstPause * Math.Pow(2, Math.Min(counted - 1, 20));
            var due = last + (pause < LongestPause ? pause : LongestPause);
            if (pass.Now < due)
            {
                pass.LookAgainAt(due);
                return false;
            }
        }

        pass.Create(job, ResourceKind.Pods, $"{job.Key.Name}-{ObjectNames.RandomEnd()}", PodTemplates.Pod(job, []));
        return true;
    }

    private static void Report(Pass pass, Live job, DateTimeOffset startedAt, int active, int failed, string? condition, string? reason, string? message) =>
        pass.UpdateStatus(job, status =>
        {
            status["startTime"] ??= startedAt.ToSeconds();
            status.Put("active", active > 0 ? JsonValue.Create(active) : null);
            status.Put("failed", failed > 0 ? JsonValue.Create(failed) : null);
            status["ready"] = 0;
            status["uncountedTerminatedPods"] = new JsonObject();
            status["terminating"] = 0;
            if (condition is not null)
            {
                Kubelet.PodStatus.SetCondition(status, condition, "True", reason, message, pass.Now);
            }

            if (condition == "Complete")
            {
                status["succeeded"] = 1;
                status["completionTime"] = pass.Now.ToSeconds();
            }
        });
}
