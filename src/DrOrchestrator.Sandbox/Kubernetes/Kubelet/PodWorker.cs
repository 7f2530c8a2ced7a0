using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Kubelet;

/// <summary>What every pod worker of a node shares.</summary>
internal sealed record PodSurroundings(
    SandboxSiteOptions Options,
    ObjectRegistry Registry,
    SiteFaults Faults,
    PodFolders Folders,
    ClaimLocks Claims,
    Func<bool> Connected,
    HttpClient Client);

/// <summary>Looks after one pod, known by its UID, from first sight until its object and its last process are gone.</summary>
internal sealed class PodWorker
{
    private readonly PodSurroundings _around;
    private readonly ObjectKey _key;
    private readonly JsonObject _pod;
    private readonly PodContainers _factory;
    private readonly List<ContainerRun> _containers;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _graceOver;
    private readonly TaskCompletionSource _objectGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTimeOffset _startedAt;
    private readonly Action<PodWorker> _forget;
    private readonly Task _life;
    private TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset? _deadline;
    private bool _over;
    private bool _settled;
    private bool _silent;

    public PodWorker(StoredObject seen, PodSurroundings around, Action<PodWorker> forget)
    {
        _around = around;
        _forget = forget;
        _key = seen.Key;
        _pod = seen.Parse();
        Uid = seen.Uid;
        Port = FreePorts.Take();
        _startedAt = Time.GetUtcNow();
        _graceOver = new CancellationTokenSource(Timeout.InfiniteTimeSpan, Time);
        _factory = new PodContainers(_pod, Uid, Port, around);
        _containers = _factory.Make(Publish);
        Saw(seen);
        _life = Task.Run(LiveAsync);
    }

    public string Uid { get; }

    /// <summary>Where its processes listen.</summary>
    public int Port { get; }

    private TimeProvider Time => _around.Options.Time;

    /// <summary>Takes note of the newest state of the object; null when it is gone.</summary>
    public void Saw(StoredObject? seen)
    {
        if (seen is null)
        {
            _objectGone.TrySetResult();
            _graceOver.Cancel();
            _ending.Cancel();
            return;
        }

        var pod = seen.Parse();
        if (pod.At("metadata", "deletionTimestamp") is null)
        {
            return;
        }

        var grace = TimeSpan.FromSeconds(pod.Number("metadata", "deletionGracePeriodSeconds") ?? 0);
        var deadline = Time.GetUtcNow() + grace;
        if (_deadline is null || deadline < _deadline)
        {
            _deadline = deadline;
            _graceOver.CancelAfter(grace);
        }

        _ending.Cancel();
    }

    public ContainerExec? Exec(string container, IReadOnlyList<string> command) => _factory.Exec(_containers.Find(one => one.Name == container), command);

    public void KillIfLedger()
    {
        if (_factory.IsLedger)
        {
            _containers.ForEach(container => container.KillNow());
        }
    }

    /// <summary>The API is heard again: what happened meanwhile is told now.</summary>
    public void CatchUp()
    {
        Publish();
        Interlocked.Exchange(ref _heard, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>The site ends: the processes are told by their standard input, and killed if they stay. Nothing is reported any more.</summary>
    public async Task AbandonAsync(TimeSpan patience)
    {
        lock (_gate)
        {
            _silent = true;
        }

        _containers.ForEach(container => container.CloseInput());
        _graceOver.CancelAfter(patience);
        await _ending.CancelAsync();
        _objectGone.TrySetResult();
        await _life;
    }

    private static Task Of(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(() => cancelled.TrySetResult());
        return cancelled.Task;
    }

    private async Task LiveAsync()
    {
        try
        {
            if (_pod.Text("status", "phase") is "Succeeded" or "Failed")
            {
                // It ended before this site process began; its status is its last word.
                _settled = true;
            }
            else
            {
                await RunAsync();
            }

            await Of(_ending.Token);
            await LetGoAsync();
        }
        finally
        {
            _around.Claims.Release(Uid);
            FreePorts.Return(Port);
            _forget(this);
        }
    }

    private async Task RunAsync()
    {
        var running = _containers.Where(container => !Inherited(container)).ToList();
        if (await MountAsync())
        {
            var all = Task.WhenAll(running.Select(container => container.RunAsync(_ending.Token)));
            if (await Task.WhenAny(all, Of(_ending.Token)) != all)
            {
                var deaf = _factory.IsStore && _around.Faults.IgnoreSigterm;
                var graceOver = Of(_graceOver.Token);
                await Task.WhenAll(_containers.Select(container => container.EndAsync(ask: !deaf && !_silent, graceOver)));
                await all;
            }
        }

        _containers.ForEach(container => container.Conclude());
        _over = true;
        _around.Claims.Release(Uid);
        Publish();
    }

    private bool Inherited(ContainerRun container) =>
        _pod.Items("status", "containerStatuses").FirstOrDefault(status => status.Text("name") == container.Name) is { } status && container.Inherit(status);

    private async Task<bool> MountAsync()
    {
        var claims = PodFolders.ClaimsOf(_pod);
        while (!_ending.IsCancellationRequested)
        {
            var obstacle = _around.Claims.TryTake(claims, Uid, _key.Name, out var released);
            if (obstacle is null)
            {
                foreach (var claim in claims)
                {
                    Directory.CreateDirectory(_around.Folders.Volume(claim));
                }

                return true;
            }

            _containers.ForEach(container => container.WaitBecause("ContainerCreating", obstacle));
            await Task.WhenAny(released, Of(_ending.Token));
        }

        return false;
    }

    // Its processes are gone and its status says how they ended; now the object may go, as far as finalizers let it.
    private async Task LetGoAsync()
    {
        while (!_objectGone.Task.IsCompleted)
        {
            var heard = Volatile.Read(ref _heard).Task;
            if (_around.Connected())
            {
                Publish();
                try
                {
                    _around.Registry.Delete(_key, new DeleteOptions(GraceSeconds: 0, Uid: Uid));
                }
                catch (ApiRefusal refusal) when (refusal.Code is 404 or 409)
                {
                    return;
                }

                await _objectGone.Task;
                break;
            }

            await Task.WhenAny(heard, _objectGone.Task);
        }

        if (!_silent && Directory.Exists(_around.Folders.Logs(Uid)))
        {
            Directory.Delete(_around.Folders.Logs(Uid), recursive: true);
        }
    }

    private void Publish()
    {
        lock (_gate)
        {
            if (_silent || _settled || _objectGone.Task.IsCompleted || !_around.Connected())
            {
                return;
            }

            try
            {
                _around.Registry.Update(_key, NodeAgent.Kubelet, pod =>
                {
                    if (pod.Text("metadata", "uid") != Uid)
                    {
                        throw ApiRefusal.NotFound(_key);
                    }

                    pod["status"] = PodStatus.Compose(pod.Map("status") ?? [], _containers, _startedAt, _over, Time.GetUtcNow());
                    return pod;
                });
            }
            catch (ApiRefusal refusal) when (refusal.Code == 404)
            {
                // The object was removed by force; whoever watches it knows.
            }
            catch (IOException)
            {
                // The disk refused. The pod goes on, and its next report tells everything again.
            }
        }
    }
}
