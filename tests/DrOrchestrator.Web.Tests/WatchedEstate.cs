using DrOrchestrator.Drills;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests;

/// <summary>A small estate on disk whose one probe asks a real server of this process, and one plan of one task; the data folders of its servers are beside it.</summary>
internal sealed class WatchedEstate : IAsyncDisposable
{
    public const string Task = "business-verification";

    private readonly WebApplication _target;

    private WatchedEstate(string root, WebApplication target) => (Root, _target) = (root, target);

    public string Root { get; }

    public string Folder => Path.Combine(Root, "estate");

    /// <summary>What the target answers: 200 or 503.</summary>
    public bool Serves { get; set; } = true;

    public static async Task<WatchedEstate> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var estate = new WatchedEstate(RunningServer.FreshFolder(), builder.Build());
        estate._target.Run(context =>
        {
            context.Response.StatusCode = estate.Serves ? 200 : 503;
            return context.Response.WriteAsync("ok");
        });
        await estate._target.StartAsync();
        Directory.CreateDirectory(estate.Folder);
        await File.WriteAllTextAsync(Path.Combine(estate.Folder, "estate.yaml"), Estate(estate._target.Urls.First()));
        await File.WriteAllTextAsync(Path.Combine(estate.Folder, "verify.yaml"), Plan);
        return estate;
    }

    /// <summary>Steps in front of the task, as lines of the plan.</summary>
    public void PutStepsFirst(params string[] steps) =>
        File.WriteAllText(Path.Combine(Folder, "verify.yaml"), Plan.Replace("steps:\n", "steps:\n" + string.Concat(steps.Select(step => $"  - {step}\n")), StringComparison.Ordinal));

    /// <summary>Changes a line of the estate before a server reads it.</summary>
    public void Replace(string good, string other)
    {
        var file = Path.Combine(Folder, "estate.yaml");
        File.WriteAllText(file, File.ReadAllText(file).Replace(good, other, StringComparison.Ordinal));
    }

    public ServeOptions Options(string data, string? database = null) => new(Folder, Path.Combine(Root, data), Database: database is null ? null : new ConnectionText(database));

    /// <summary>Asks for a run in the asker's name.</summary>
    public static async Task<long> OpenRunAsync(IServiceProvider services) =>
        (await services.GetRequiredService<IDrills>().StartAsync(new StartRequest("verify", RunMode.Live, "test", Person(services, PersonRole.Operator)), default))
            .Should().BeOfType<StartResult.Started>().Subject.Run;

    public static Task<AnswerResult> ConfirmAsync(IServiceProvider services, long run) =>
        services.GetRequiredService<IDrills>().AnswerAsync(run, Task, Person(services, PersonRole.BusinessVerifier), confirmed: true, null, default);

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Root, recursive: true);
    }

    private static Person Person(IServiceProvider services, PersonRole role) =>
        services.GetRequiredService<EstateHolder>().Current.People.First(person => person.Roles.Contains(role));

    private static string Estate(string target) => $$"""
        estate: watched
        sandbox: true
        sites:
          - { name: primary, role: production }
          - { name: dr, role: same-city }
        people:
          - { id: asker, name: Asker, department: IT, roles: [operator] }
          - { id: verifier, name: Verifier, department: Payments, roles: [business-verifier] }
        plans: [verify.yaml]
        bcm: { lead-department: Risk }
        calendars:
          - { name: overdue, kind: drill-overdue, system: ledger, plan: verify, cron: "0 0 8 * * ?", time-zone: Asia/Shanghai, within: 365d }
        systems:
          - name: ledger
            title: { en: Ledger }
            department: Payments
            owner: asker
            bia: [ { scope: financial-rights, severity: moderate, reason: "Customers cannot pay", signer: verifier } ]
            serving: primary
            standbys: [dr]
            functions: [ { name: posting, critical: true } ]
        probes:
          - { name: posting, system: ledger, role: service, function: posting, kind: http, interval: 100ms, timeout: 1s, with: { url: "{{target}}/", expect-status: [200] } }
        """;

    private const string Plan = $$"""
        plan: verify
        version: "1"
        title: { en: Verify }
        kind: failover
        modes: [live]
        systems: [ledger]
        authors: [asker]
        emergency: { scenarios: s, organisation: o, decision: d, response: r, tools: t, working-rules: w }
        recovery: { targets: t, procedure: p, manual: m, verification: { text: v, step: {{Task}} } }
        steps:
          - { name: {{Task}}, kind: task, with: { role: business-verifier, text: Verify postings }, mark: business-verified }
        """;
}
