using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Quickstart;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Tests.Quickstart;

public class QuickstartDocumentTests
{
    [Fact]
    public void Of_PassedRun_IsTheDocumentThatIsPromised()
    {
        var document = QuickstartDocument.Of(Result());

        JsonNode.DeepEquals(document, JsonNode.Parse(
            """
            {"run":{"id":1,"outcome":"passed","strength":"sandbox"},
             "rto":{"seconds":3.25,"lowerSeconds":2.75,"upperSeconds":3.25,"technicalSeconds":3,"limitSeconds":14400,"met":true,"phases":{"detected":0.5,"technicallyConfirmed":2.5,"businessVerified":0.25}},
             "rpo":{"sent":600,"acknowledged":500,"inDoubt":1,"refused":99,"lost":25,"lostSeconds":0.5,"limitSeconds":3600,"met":true},
             "planned":null,
             "evidence":{"pack":"/q/audit-pack-run-1.zip","records":40,"verified":true,"keyFingerprint":"SHA256:abc"}}
            """)).Should().BeTrue(document.ToJsonString());
    }

    [Theory]
    [InlineData("passed", true, 0)]
    [InlineData("passed", false, 5)]
    [InlineData("failed", true, 4)]
    [InlineData("failed", false, 4)]
    [InlineData("switched-not-returned", true, 6)]
    [InlineData("open", true, 4)]
    public void ExitCode_IsFineOnlyForAVerifiedPassedRun(string outcome, bool verified, int code) => Result(outcome, verified).ExitCode.Should().Be(code);

    [Fact]
    public void Summary_OfAPassedRun_SaysEverythingAndThatItIsALab()
    {
        var writer = new StringWriter();

        QuickstartSummary.Write(writer, Result());

        writer.ToString().Should().Be(
            """

            Run 1 of quickstart-failover: passed (mode live, strength sandbox, answers simulated)

            Recovery time (RTO): 3.3 s of 4 h: met (lab, satisfies no clause)
              between 2.8 s and 3.3 s; technically 3.0 s
              detected                   0.5 s
              technically confirmed      2.5 s
              business verified          0.3 s

            Data loss (RPO): 25 lost, 0.5 s of 60 min: met (lab, satisfies no clause)
              sent 600, acknowledged 500, in doubt 1 (0 survived), refused 99
              worst exposure 0.6 s

            Verdicts on ledger, tier 4
              rto           met            (lab, satisfies no clause)
              availability  indeterminate  (lab, satisfies no clause)

            Audit pack: /q/audit-pack-run-1.zip
              verified by a separate process: 40 records
              key fingerprint SHA256:abc

            """);
    }

    private static QuickstartResult Result(string outcome = "passed", bool verified = true)
    {
        var options = new QuickstartOptions("/q", Exit: true, Json: true, "500ms", Fast: false);
        return new QuickstartResult(
            ApiClient.Read<RunView>(JsonNode.Parse(Samples.Run(outcome))!),
            ApiClient.Read<StatusView>(JsonNode.Parse(Samples.Status)!),
            options.PackOf(1),
            new PackVerification(verified, 40, "SHA256:abc", verified ? null : "x"),
            new Uri("http://127.0.0.1:1"),
            options);
    }
}
