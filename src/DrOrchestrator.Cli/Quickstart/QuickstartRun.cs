using System.Diagnostics;
using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Cli.Processes;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>The product's main job against the sandbox, from two fresh processes to a verified audit pack.</summary>
/// <param name="self">This executable with other arguments, see <see cref="Self"/>.</param>
internal sealed class QuickstartRun(
    QuickstartOptions options,
    IQuickstartView view,
    Func<IEnumerable<string>, ProcessStartInfo> self,
    TimeProvider time,
    Termination termination) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SteadyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan SeenGone = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    private readonly List<ChildProcess> _children = [];

    /// <summary>Everything, in order.</summary>
    public async Task<QuickstartResult> RunAsync(CancellationToken cancellationToken)
    {
        var sandbox = await StartSandboxAsync(cancellationToken);
        var server = await StartServerAsync(sandbox, cancellationToken);
        using var api = new ApiClient(new ServerAddress(server, ServerAddress.ReadToken(sandbox.People.Requester)));
        return await WithChildrenAsync(
            async token =>
            {
                await SteadyStateAsync(api, token);
                var run = await DrillAsync(api, server, sandbox.People, token);
                var verification = await EvidenceAsync(api, run.Id, token);
                var status = await api.GetAsync<StatusView>("status", token);
                return new QuickstartResult(run, status, options.PackOf(run.Id), verification, server, options);
            },
            cancellationToken);
    }

    /// <summary>Leaves everything up until <paramref name="cancellationToken"/> says stop, or a child dies.</summary>
    public Task StayUpAsync(CancellationToken cancellationToken) => WithChildrenAsync<bool>(
        async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, token);
            return true;
        },
        cancellationToken);

    /// <summary>Ends the children, the newest first: the server before the sites it looks at. One bound for all of them.</summary>
    public async ValueTask DisposeAsync()
    {
        var began = time.GetTimestamp();
        foreach (var child in Enumerable.Reverse(_children))
        {
            var left = StopLimit - time.GetElapsedTime(began);
            await child.StopAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, termination.AtOnce);
            await child.DisposeAsync();
        }

        _children.Clear();
    }

    private async Task<SandboxReady> StartSandboxAsync(CancellationToken cancellationToken)
    {
        view.Stage($"Starting the sandbox: two sites, each with its own Kubernetes API{(options.Postgres is null ? "" : ", and PostgreSQL: a primary and its streaming standby")}");
        IEnumerable<string> fast = options.Fast ? ["--fast"] : [];
        IEnumerable<string> postgres = options.Postgres switch
        {
            null => [],
            { ProgramsFolder: null } => ["--postgres"],
            { ProgramsFolder: { } folder } => ["--postgres-bin", folder],
        };
        var child = Start("the sandbox", "sandbox", ["sandbox", "--data", options.SandboxFolder, "--replication-delay", options.ReplicationDelay, "--stop-with-stdin", .. fast, .. postgres]);
        return await ReadyLines.ReadAsync<SandboxReady>(child, StartLimit, cancellationToken);
    }

    private async Task<Uri> StartServerAsync(SandboxReady sandbox, CancellationToken cancellationToken)
    {
        view.Stage("Starting the server");

        // The way to the databases' own hosts, for the fence: the only programs that this server may start for its estate.
        var allowed = (sandbox.HostPrograms ?? []).SelectMany(program => new[] { "--allow-command", program });
        var child = Start("the server", "server", ["serve", "--estate", sandbox.Estate, "--data", options.ServerFolder, "--stop-with-stdin", "--announce-ready", .. allowed]);
        return new Uri((await ReadyLines.ReadAsync<ServerReady>(child, StartLimit, cancellationToken)).Url);
    }

    private ChildProcess Start(string name, string part, IEnumerable<string> arguments)
    {
        var child = ChildProcess.Start(name, self(arguments), options.LogOf(part), time);
        _children.Add(child);
        return child;
    }

    private async Task SteadyStateAsync(ApiClient api, CancellationToken cancellationToken)
    {
        view.Stage("Watching both sites until the steady state is known");
        var began = time.GetTimestamp();
        long? steadySince = null;
        while (true)
        {
            var status = await api.GetAsync<StatusView>("status", cancellationToken);
            view.Status(status);
            if (SteadyState.Missing(status) is not { } missing)
            {
                steadySince ??= time.GetTimestamp();
                if (time.GetElapsedTime(steadySince.Value) >= options.SteadyFor)
                {
                    return;
                }

                missing = $"it was steady for less than {options.SteadyFor.TotalSeconds:0.#} s";
            }
            else
            {
                steadySince = null;
            }

            if (time.GetElapsedTime(began) > SteadyLimit)
            {
                throw new CommandFailedException(ExitCodes.Internal, $"There was no steady state within {SteadyLimit.TotalSeconds:0} s: {missing}. Logs: {options.LogOf("sandbox")}, {options.LogOf("server")}");
            }

            await Task.Delay(Tick / 2, time, cancellationToken);
        }
    }

    private async Task<RunView> DrillAsync(ApiClient api, Uri server, SandboxPeople people, CancellationToken cancellationToken)
    {
        view.Stage($"Running {options.Plan}: the primary site's ledger is going to be killed");
        var started = ApiClient.Read<RunView>(await api.PostAsync("drills", new JsonObject { ["plan"] = options.Plan, ["mode"] = "live", ["reason"] = "First look at the product (dro quickstart)" }, cancellationToken));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var beside = Task.WhenAll(
            Personas.RunAsync(server, [people.Requester, people.Approver, people.BusinessVerifier], started.Id, time, over.Token),
            ShowStatusAsync(api, over.Token));
        var story = FollowAsync(api, started.Id, cancellationToken);
        try
        {
            await Task.WhenAny(story, beside).Unwrap().WaitAsync(RunLimit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            var open = await api.GetAsync<RunView>($"drills/{started.Id}", cancellationToken);
            throw new CommandFailedException(
                open.WaitingFor is null ? ExitCodes.RunFailed : ExitCodes.RunWaits,
                $"Run {open.Id} was not closed within {RunLimit.TotalMinutes:0} minutes; it stands at '{open.Phase}'{(open.WaitingFor is { } word ? $" and waits for {word}" : "")}. Log: {options.LogOf("server")}");
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAny(beside);
        }

        return await api.GetAsync<RunView>($"drills/{started.Id}", cancellationToken);
    }

    private async Task FollowAsync(ApiClient api, long run, CancellationToken cancellationToken)
    {
        await foreach (var happened in RunWatch.FollowAsync(api, run, time, cancellationToken))
        {
            view.Event(happened);
        }
    }

    private async Task ShowStatusAsync(ApiClient api, CancellationToken cancellationToken)
    {
        while (true)
        {
            view.Status(await api.GetAsync<StatusView>("status", cancellationToken));
            await Task.Delay(Tick, time, cancellationToken);
        }
    }

    private async Task<PackVerification> EvidenceAsync(ApiClient api, long run, CancellationToken cancellationToken)
    {
        view.Stage("Exporting the audit pack and having it verified by a process of its own");
        await EvidenceExportCommand.ExportAsync(api, run, options.PackOf(run), cancellationToken);
        var key = await api.GetAsync<EvidenceKeyView>("evidence/key", cancellationToken);
        return await PackCheck.RunAsync(self, options.PackOf(run), key.Fingerprint, cancellationToken);
    }

    /// <summary>Work that makes no sense without the children: when one dies, that is the error, whatever the work would have said.</summary>
    private async Task<T> WithChildrenAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource([cancellationToken, .. _children.Select(child => child.Exited)]);
        try
        {
            return await work(linked.Token);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A child takes its connections along a moment before it is seen to be gone.
            await Task.Delay(SeenGone, time, linked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_children.Find(child => child.DiedEarly) is { } dead)
            {
                throw await dead.DiedAsync();
            }

            throw;
        }
    }
}
