using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>What a container needs from the pod and the kubelet around it.</summary>
/// <param name="Start">Starts instance number N.</param>
/// <param name="DiesAtStart">A fault that ends every instance at once.</param>
/// <param name="Report">Called after every change of state.</param>
internal sealed record ContainerSurroundings(
    Func<int, PodProcess> Start,
    Func<bool> DiesAtStart,
    ReadinessProbe? Probe,
    TimeSpan RestartBackoff,
    TimeProvider Time,
    Action Report);

/// <summary>One container of one pod over all its instances: start, readiness, end, back-off, start again.</summary>
internal sealed class ContainerRun(string name, string podName, string image, string restartPolicy, ContainerSurroundings around)
{
    private readonly Lock _gate = new();
    private readonly RestartBackoff _backoff = new(around.RestartBackoff);
    private PodProcess? _process;
    private bool _ending;

    public string Name => name;

    public ContainerState State { get; private set; } = new ContainerState.Waiting("ContainerCreating");

    public ContainerState.Terminated? LastState { get; private set; }

    public int RestartCount { get; private set; }

    public bool Ready { get; private set; }

    /// <summary>Completes when the process that runs now ends; null while none does.</summary>
    public Task? Ends
    {
        get
        {
            lock (_gate)
            {
                return _process?.Exited;
            }
        }
    }

    public void WaitBecause(string reason, string? message) => Set(new ContainerState.Waiting(reason, message), ready: false);

    /// <summary>Takes over from what an earlier process of the site left in the pod's status; true when the container may not run again.</summary>
    public bool Inherit(JsonObject status)
    {
        var state = status.Map("state");
        var ended = ContainerState.Terminated.Read(state);
        RestartCount = status.Number("restartCount") ?? 0;
        LastState = ContainerState.Terminated.Read(status.Map("lastState"));
        if (ended is null && state.Map("running") is null)
        {
            return false;
        }

        ended ??= ContainerState.Terminated.Lost();
        if (!MayRestart(ended.ExitCode))
        {
            State = ended;
            return true;
        }

        LastState = ended;
        RestartCount++;
        return false;
    }

    /// <summary>Runs until the container may not be started again, or <paramref name="ending"/>.</summary>
    public async Task RunAsync(CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            var (exitCode, ran) = await RunOnceAsync();
            if (ending.IsCancellationRequested || !MayRestart(exitCode))
            {
                return;
            }

            var delay = _backoff.After(ran);
            if (delay > TimeSpan.Zero && !await BackOffAsync(delay, ending))
            {
                return;
            }

            LastState = State as ContainerState.Terminated ?? LastState;
            RestartCount++;
        }
    }

    /// <summary>Asks the process to end, or leaves it alone when it is to be deaf, and ends it by force when the time is up.</summary>
    public async Task EndAsync(bool ask, Task graceOver)
    {
        PodProcess? process;
        lock (_gate)
        {
            _ending = true;
            process = _process;
        }

        if (process is null)
        {
            return;
        }

        if (ask)
        {
            process.AskToEnd();
        }

        if (await Task.WhenAny(process.Exited, graceOver) != process.Exited)
        {
            process.KillAll();
        }

        await process.Exited;
    }

    /// <summary>The container's last word once it will not run any more.</summary>
    public void Conclude()
    {
        lock (_gate)
        {
            Ready = false;
            if (State is not ContainerState.Terminated)
            {
                State = LastState ?? new ContainerState.Terminated(
                    137, "ContainerStatusUnknown", "The container could not be located when the pod was terminated", null, null);
            }
        }
    }

    public void KillNow()
    {
        lock (_gate)
        {
            _process?.KillAll();
        }
    }

    public void CloseInput()
    {
        lock (_gate)
        {
            _process?.CloseInput();
        }
    }

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["name"] = name,
            ["image"] = image,
            ["imageID"] = "",
            ["containerID"] = $"sandbox://{podName}/{name}/{RestartCount}",
            ["ready"] = Ready,
            ["started"] = State is ContainerState.Running,
            ["restartCount"] = RestartCount,
            ["state"] = State.ToStatus(),
            ["lastState"] = LastState?.ToStatus() ?? [],
        };
        return status;
    }

    private async Task<(int ExitCode, TimeSpan Ran)> RunOnceAsync()
    {
        var startedAt = around.Time.GetUtcNow();
        var began = around.Time.GetTimestamp();
        PodProcess process;
        lock (_gate)
        {
            if (_ending)
            {
                return (0, TimeSpan.Zero);
            }

            try
            {
                process = around.Start(RestartCount);
            }
            catch (Exception problem) when (problem is IOException or System.ComponentModel.Win32Exception or InvalidOperationException)
            {
                State = new ContainerState.Terminated(128, "StartError", problem.Message, startedAt.ToSeconds(), startedAt.ToSeconds());
                return (128, TimeSpan.Zero);
            }

            _process = process;
        }

        if (around.DiesAtStart())
        {
            process.KillAll();
        }

        using var exited = new CancellationTokenSource();
        Set(new ContainerState.Running(startedAt), ready: around.Probe is null && !around.DiesAtStart());
        var probing = around.Probe?.RunAsync(ready => Set(State, ready && !process.Exited.IsCompleted), exited.Token) ?? Task.CompletedTask;
        var exitCode = await process.Exited;
        await exited.CancelAsync();
        try
        {
            await probing;
        }
        catch (OperationCanceledException)
        {
            // There is nothing left to ask.
        }

        lock (_gate)
        {
            _process = null;
        }

        Set(ContainerState.Terminated.Ended(exitCode, startedAt, around.Time.GetUtcNow()), ready: false);
        return (exitCode, around.Time.GetElapsedTime(began));
    }

    private async Task<bool> BackOffAsync(TimeSpan delay, CancellationToken ending)
    {
        LastState = State as ContainerState.Terminated ?? LastState;
        var shown = delay.TotalSeconds >= 1 ? $"{delay.TotalSeconds:0.#}s" : $"{delay.TotalMilliseconds:0}ms";
        Set(new ContainerState.Waiting("CrashLoopBackOff", $"back-off {shown} restarting failed container={name} pod={podName}"), ready: false);
        try
        {
            await Task.Delay(delay, around.Time, ending);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private bool MayRestart(int exitCode) => restartPolicy == "Always" || (restartPolicy == "OnFailure" && exitCode != 0);

    private void Set(ContainerState state, bool ready)
    {
        lock (_gate)
        {
            State = state;
            Ready = ready;
        }

        around.Report();
    }
}
