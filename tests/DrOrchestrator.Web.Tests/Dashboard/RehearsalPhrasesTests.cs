using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Gates;
using DrOrchestrator.Estates;
using DrOrchestrator.Web.Dashboard;
using DrOrchestrator.Web.Dashboard.Phrases;

namespace DrOrchestrator.Web.Tests.Dashboard;

public sealed class RehearsalPhrasesTests
{
    [Fact]
    public void Say_OfWhatTheProofWrites_KnowsEverySentence()
    {
        var right = new NeededRight("primary", "ledger", "apps", "deployments", "patch", "ledger-api");
        var database = new DatabaseDefinition("one", "ledger", "primary", new PostgresTarget(["h"], 5432, "d", "u", null, PostgresTls.Disable, null), null, "one");
        List<GateResult> results =
        [
            ClusterPowers.Judge("lab", "primary", "ledger", [new(right, false, "", true), new(right, false, "", false)]),
            ClusterPowers.Judge("lab", "primary", "ledger", [new(right, true, "", true)]),
            ClusterPowers.Judge("lab", "primary", "ledger", [new(right, null, "500 etcd is away", true)]),
            ClusterPowers.Judge("lab", "primary", "ledger", []),
            ClusterPowers.Judge("lab", "primary", "ledger", [new(right, false, "", true) { IsStranger = true }], "primary does not know the credential of lab, and neither does lab now: it may be known there later"),
            ClusterPowers.Judge("lab", "primary", "ledger", [new(right, false, "", true) { IsStranger = true }], "primary does not know the credential of lab, nor its own now: it may know both later"),
            new("rehearsal-powerless untried", true, "not tried at production: route (command), name (dns)", "named, and judged when the plan is read", "the plan", TimeSpan.Zero, ""),
            new("rehearsal-powerless untried", true, "nothing of it acts with a credential", "named, and judged when the plan is read", "the plan", TimeSpan.Zero, ""),
            DatabasePowers.Signed(database, database, ""),
            DatabasePowers.Signed(database, database, "SUPERUSER, CREATEDB"),
            DatabasePowers.Unknown(database, database, "no answer within 5s"),
            .. SecretsOfItsOwn.Compare([new("step 'move'", File("/absent"))], []),
            .. SecretsOfItsOwn.Compare([new("step 'move'", File("/etc/hostname")), new("step 'act'", File("/etc/passwd"))], [new("step 'move' of plan 'cards'", File("/etc/hostname"))]),
            .. SecretsOfItsOwn.Compare([new("step 'move'", File("/etc/passwd"))], [new("database 'one'", File("/dev/null"))]),
        ];

        results.SelectMany(result => (string[])[result.Check, result.Value, result.Limit, result.Source, result.Remedy]).Append("sign-in refused: 28P01").Append("sign-in refused: it asks for a password")
            .Where(text => text.Length > 0 && !Phrasebook.Knows(text)).Should().BeEmpty();
    }

    private static SecretReference.File File(string path) => new(path);

    [Fact]
    public void Say_OfARightThatIsThere_SpeaksChinese() =>
        System.Text.RegularExpressions.Regex.Replace(Phrasebook.Say("it has: patch deployments.apps/ledger-api", Language.Chinese).Markup, "<[^>]*>", "").Should().Be("仍有权限：patch deployments.apps/ledger-api");
}
