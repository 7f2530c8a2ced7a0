using DrOrchestrator.Sandbox.Kubernetes.Objects;
using DrOrchestrator.Sandbox.Kubernetes.Registry;

namespace DrOrchestrator.Sandbox.Kubernetes.Controllers;

/// <summary>Brings one kind of thing from what it is to what it shall be, as far as is possible now.</summary>
internal interface IController
{
    void Reconcile(Pass pass);
}

/// <summary>Lets all controllers look whenever something changed, one after the other, until nothing is left to do.</summary>
internal sealed class ControllerLoop : IAsyncDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);
    private readonly ObjectRegistry _registry;
    private readonly IReadOnlyList<IController> _controllers;
    private readonly ChangeFeed _feed;
    private readonly LiveObjects _objects;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    public ControllerLoop(ObjectRegistry registry, IReadOnlyList<IController> controllers)
    {
        _registry = registry;
        _controllers = controllers;
        _objects = new LiveObjects(registry.Store);
        _feed = registry.Store.Subscribe(change => change.After.Key.Kind != ResourceKind.Leases && change.After.Key.Kind != ResourceKind.Events);
    }

    public void Start()
    {
        _feed.Wake();
        _loop = Task.Run(() => RunAsync(_stopping.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _registry.Store.Unsubscribe(_feed);
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        DateTimeOffset? next = null;
        try
        {
            while (true)
            {
                if (next is { } moment)
                {
                    await _feed.WaitAsync(moment - _registry.Time.GetUtcNow(), _registry.Time, stopping);
                }
                else
                {
                    await _feed.WaitAsync(stopping);
                }

                next = Look();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The site stops; what is undone is seen at its next start.
        }
    }

    private DateTimeOffset? Look()
    {
        var pass = new Pass(_registry, _objects, _registry.Time.GetUtcNow());
        foreach (var controller in _controllers)
        {
            try
            {
                controller.Reconcile(pass);
            }
            catch (Exception problem) when (problem is ApiRefusal or IOException)
            {
                // Someone changed the object meanwhile, or the disk refused: a controller looks again and decides anew.
                pass.LookAgainAt(pass.Now + Retry);
            }
        }

        _objects.ForgetTheGone();
        return pass.NextLook;
    }
}
