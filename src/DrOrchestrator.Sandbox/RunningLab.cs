using DrOrchestrator.Sandbox.Control;
using DrOrchestrator.Sandbox.EstateFolder;
using DrOrchestrator.Sandbox.FrontDoor;
using DrOrchestrator.Sandbox.Kubernetes;
using DrOrchestrator.Sandbox.Postgres;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox;

/// <summary>Everything of one lab that runs, in the order it was started; it ends in the opposite one.</summary>
internal sealed class RunningLab : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _running = new();
    private readonly Dictionary<string, SandboxSite> _sites = [];
    private readonly TimeProvider _time;
    private readonly RequestRecord _record;

    private RunningLab(LabSettings settings, TimeProvider time)
    {
        Settings = settings;
        _time = time;
        _record = new RequestRecord(settings.RequestsFile, time);
    }

    public LabSettings Settings { get; }

    public static async Task<RunningLab> StartAsync(SandboxOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        LabSettings settings = LabSettings.ReadOrCreate(Path.GetFullPath(options.Folder), options.ReplicationDelay, options.Postgres);
        EstateWriter.EnsureTokens(settings);
        if (settings.Postgres is not null)
        {
            new DatabasePasswords(settings).Ensure();
            await ServerAccess.EnsureAsync(settings, cancellationToken).ConfigureAwait(false);
            await HostPrograms.WriteAsync(settings, cancellationToken).ConfigureAwait(false);
        }

        var lab = new RunningLab(settings, time);
        try
        {
            await lab.StartPartsAsync(options, cancellationToken).ConfigureAwait(false);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out IAsyncDisposable? part))
        {
            await part.DisposeAsync().ConfigureAwait(false);
        }

        _record.Dispose();
    }

    private async Task StartPartsAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        bool usedBefore = File.Exists(Path.Combine(Settings.EstateFolder, "estate.yaml"));
        _running.Push(new FrontDoorChild(options.SelfCommand, Settings.Folder, _time));
        StartLinks();
        await StartSitesAsync(options, cancellationToken).ConfigureAwait(false);

        var flood = new Flood(Settings.Ports.FrontDoor, _time);
        _running.Push(flood);
        var control = new ControlEndpoints(
            Settings.FaultsFile,
            _sites.ToDictionary(s => s.Key, s => s.Value.Faults),
            Settings.Postgres is null ? LabFaults.Names : LabFaults.NamesWithPostgres,
            BearerToken.Read(Settings.FaultsTokenFile),
            _record,
            flood);
        _running.Push(await LoopbackServer.StartAsync(Settings.Ports.Control, control.HandleAsync, _time, cancellationToken).ConfigureAwait(false));

        using var readiness = new LabReadiness(Settings, ReadyApis, _time);
        await (usedBefore ? readiness.WaitForFrontDoorAsync(cancellationToken) : readiness.WaitForServiceAsync(cancellationToken)).ConfigureAwait(false);

        // Written last: a lab whose first start was broken off before it was ready is a new one the next time.
        EstateWriter.EnsureEstate(Settings, _sites.ToDictionary(s => s.Key, s => s.Value.KubeconfigPath), options.ProbeInterval);
    }

    private void StartLinks()
    {
        var faults = new FaultsSight(Settings.FaultsFile, _time);
        foreach (PostgresPorts towards in Settings.Postgres is { } postgres ? [postgres.Primary, postgres.Dr] : (PostgresPorts[])[])
        {
            _running.Push(SiteLink.Start(towards, new LinkTerms(Settings.ReplicationDelay, () => faults.Current, _time)));
        }
    }

    private async Task StartSitesAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        Task<SandboxSite>[] starting = [.. LabSettings.Sites.Select(name => Task.Run(() => StartSiteAsync(name, options, cancellationToken), cancellationToken))];
        Task all = Task.WhenAll(starting);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        for (int i = 0; i < starting.Length; i++)
        {
            if (starting[i].IsCompletedSuccessfully)
            {
                _sites.Add(LabSettings.Sites[i], await starting[i].ConfigureAwait(false));
                _running.Push(_sites[LabSettings.Sites[i]]);
            }
        }

        await all.ConfigureAwait(false);
        await Task.WhenAll(_sites.Select(s => s.Value.SeedAsync(LedgerObjects.Of(Settings, s.Key), cancellationToken))).ConfigureAwait(false);
    }

    private Task<SandboxSite> StartSiteAsync(string name, SandboxOptions options, CancellationToken cancellationToken) => SandboxSite.StartAsync(
        new SandboxSiteOptions(
            name,
            Settings.SiteFolder(name),
            [.. options.SelfCommand, "sandbox-pod", "--lab", Settings.Folder],
            options.NodeHeartbeat,
            options.FirstRestartDelay,
            _record,
            _time),
        cancellationToken);

    private long ReadyApis() => _sites[LabSettings.Primary].ReadyReplicas(LedgerObjects.Namespace, LedgerObjects.Api);
}
