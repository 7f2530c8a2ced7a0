using DrOrchestrator.Cli.Commands;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Cli.Tests.Commands;

/// <summary>Every plan that is shipped, by the commands its user begins with; what each of them does in a run is tested where it runs.</summary>
public class RunbooksTests
{
    private const string More = """
        endpoints:
          - { name: front-door-admin, url: "http://127.0.0.1:1235" }
          - { name: faults, url: "http://127.0.0.1:1236" }
        probes:
          - { name: partner-access, system: ledger, role: component, kind: tcp, interval: 1s, timeout: 500ms, with: { host: 127.0.0.1, port: 4321 } }
        recovery-points:
          - { name: ledger-backups, system: ledger, kind: files, interval: 10s, timeout: 5s, with: { standby: dr, folder: /var/backups, name: '.*\.json', manifest: represents } }
        databases:
          - { name: ledger-primary, system: ledger, site: primary, hosts: [127.0.0.1], database: postgres, user: dro, sslmode: disable, host: { command: [/usr/local/bin/pg-host-a] } }
          - { name: ledger-dr, system: ledger, site: dr, hosts: [127.0.0.1], database: postgres, user: dro, sslmode: disable, host: { command: [/usr/local/bin/pg-host-b] } }
        restore-places:
          - { name: ledger-scratch, system: ledger, site: dr, hosts: [127.0.0.1], port: 15432, database: postgres, user: dro, sslmode: disable, host: { command: [/usr/local/bin/restore-host] } }
        calendars:
          - { name: ledger-restore, kind: restore-check, plan: restore-check, mode: live, requester: requester, cron: "0 0 3 ? * SUN" }

        """;

    public static TheoryData<string> Runbooks => [.. Files().Select(file => Path.GetFileNameWithoutExtension(file))];

    [Fact]
    public async Task Check_WithAllOfThem_IsGood()
    {
        using var estate = NewEstate();

        var ran = await Shell.RunAsync("check", "--estate", estate.Folder);

        ran.ExitCode.Should().Be(ExitCodes.Fine, ran.Error);
        ran.Out.Should().Contain($"plans: {Files().Count + 1}");
    }

    /// <summary>Whoever copies one has the product's own safety gates in it: of the site that is started, and of what the plan sets.</summary>
    /// <summary>Whoever copies one has the product's own safety gates in it: of the site that is started, and of what the plan sets.</summary>
    /// <param name="from">The site that runs it now; none where it may be gone, since such a one answers no question.</param>
    [Theory]
    [InlineData("deployments-switchover", "dr", "primary")]
    [InlineData("deployments-failover", "dr", null)]
    [InlineData("deployments-failback", "primary", "dr")]
    [InlineData("cnpg-switchover", "dr", "primary")]
    [InlineData("cnpg-failover", "dr", null)]
    [InlineData("cnpg-failback", "primary", "dr")]
    public void Gates_OfThePatternsForYourOwnClusters_AskForAllThatMakesASwitchUnsafe(string name, string started, string? from)
    {
        var text = File.ReadAllText(Path.Combine(EstateReading.ShippedRunbooks, name + ".yaml"));
        var gates = text.Split("\ngates:\n")[1].Split("\nsteady-state:\n")[0].Split('\n').Select(line => line.Trim()).Where(line => !line.StartsWith('#')).ToList();

        var registry = started == "dr" ? "registry.dr.bank.example" : "registry.bank.example";
        gates.Should().Contain([
            $"- capacity: {{ site: {started} }}",
            from is null ? $"- field-managers: {{ site: {started} }}" : "- field-managers:",
            $"- images-known: {{ site: {started}{(from is null ? "" : ", from: " + from)}, registries: [{registry}] }}",
            $"- single-points-of-failure: {{ site: {started} }}",
        ]);
        gates.Contains("- rights:").Should().Be(from is not null);
        text.Split("\nplan:")[0].Should().Contain($"'{registry}'", "it is among the names to be replaced");
    }

    [Theory]
    [MemberData(nameof(Runbooks))]
    public async Task Plan_OfEach_SaysWhoDoesWhatAndHasTheElevenContentsInWords(string name)
    {
        using var estate = NewEstate();

        var ran = await Shell.RunAsync("plan", name, "--estate", estate.Folder);

        ran.ExitCode.Should().Be(ExitCodes.Fine, ran.Error);
        ran.Out.Should().StartWith($"{name}  version 1  ").And.Contain("The switch").And.Contain("asks business-verifier (verifier)", "the business verifies");
        var text = File.ReadAllText(Path.Combine(EstateReading.ShippedRunbooks, name + ".yaml"));
        text.Should().StartWith("# ", "its user is told what it is for").And.Contain("zh-CN: ");
        foreach (var content in (string[])["scenarios", "organisation", "decision", "response", "tools", "working-rules", "targets", "procedure", "manual"])
        {
            text.Should().MatchRegex($@"(?m)^  {content}: >-\n    \S.{{30,}}", "a content of 7.5 a) is words, not a heading");
        }
    }

    [Fact]
    public void Documents_ListEachOfThem()
    {
        var listed = File.ReadAllText(Path.Combine(EstateReading.ShippedRunbooks, "README.md"));

        foreach (var runbook in Directory.GetFiles(EstateReading.ShippedRunbooks).Select(file => Path.GetFileName(file)).Where(file => file is not "README.md"))
        {
            listed.Should().Contain($"`{runbook}`");
        }
    }

    private static List<string> Files() => [.. Directory.GetFiles(EstateReading.ShippedRunbooks, "*.yaml").Order(StringComparer.Ordinal)];

    /// <summary>Beside a plan of the builder's own; the shipped ones come from their folder.</summary>
    private static EstateFolderBuilder NewEstate()
    {
        var estate = RealKindsPlan.NewEstate();
        File.Delete(Path.Combine(estate.Folder, "failover.yaml"));
        return estate
            .Write("first.yaml", RealKindsPlan.Text.Replace("plan: failover", "plan: first", StringComparison.Ordinal))
            .Replace("estate.yaml", "plans: [failover.yaml]", "plans: [first.yaml]")
            .Replace("estate.yaml", "plan: failover,", "plan: first,")
            .Write("more.yaml", $"{More}plans: [{string.Join(", ", Files().Select(file => Path.GetFileName(file)))}]\n");
    }
}
