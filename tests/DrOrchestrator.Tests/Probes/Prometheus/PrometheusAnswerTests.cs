using System.Text;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Prometheus;

namespace DrOrchestrator.Tests.Probes.Prometheus;

/// <summary>Answers that the real server does not give on request.</summary>
public sealed class PrometheusAnswerTests
{
    private static readonly PrometheusProbeSettings Settings = new(
        new Uri("http://127.0.0.1/"), "up", ValueLimits.None, SeriesRule.One, null, null, ProbeMeaning.Unknown, ProbeMeaning.Unknown, ProbeMeaning.Unknown, null, null);

    [Theory]
    [InlineData("", "HTTP 200, and not in the form of Prometheus")]
    [InlineData("<html>", "HTTP 200, and not in the form of Prometheus")]
    [InlineData("[]", "HTTP 200, and not in the form of Prometheus")]
    [InlineData("{}", "HTTP 200 without a result")]
    [InlineData("""{"status":"success"}""", "HTTP 200, and not in the form of Prometheus")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1]}]}}""", "HTTP 200, and not in the form of Prometheus")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"x"]}]}}""", "HTTP 200, and not in the form of Prometheus")]
    [InlineData("""{"status":"error","errorType":"timeout","error":"query timed out"}""", "timeout: query timed out")]
    public void Read_AnythingElse_IsAFailure(string body, string why) =>
        PrometheusAnswer.Read(200, Encoding.UTF8.GetBytes(body)).Should().Be(new PrometheusAnswer.Failed(why));

    [Fact]
    public void Judge_Warnings_AreUnknownUnlessDeclaredOtherwise()
    {
        var answer = PrometheusAnswer.Read(200, Encoding.UTF8.GetBytes(
            """{"status":"success","warnings":["store a is away"],"data":{"resultType":"vector","result":[{"metric":{},"value":[1700000000.5,"2"]}]}}"""));

        PrometheusJudge.Judge(answer, null, Settings).Should().Be((Finding.Unknown("the answer has warnings: store a is away"), (double?)null));
        PrometheusJudge.Judge(answer, null, Settings with { OnWarnings = ProbeMeaning.Down }).Finding.Outcome.Should().Be(ProbeOutcome.Down);
        PrometheusJudge.Judge(answer, null, Settings with { OnWarnings = ProbeMeaning.Up }).Should().Be((Finding.Up("the value is 2"), 2.0));
    }

    [Theory]
    [InlineData("+Inf", ProbeOutcome.Up, "the value is Infinity")]
    [InlineData("-Inf", ProbeOutcome.Down, "the value is -Infinity, expected at least 1")]
    [InlineData("NaN", ProbeOutcome.Unknown, "the value is NaN")]
    [InlineData("1e-9", ProbeOutcome.Down, "the value is 0.000000001, expected at least 1")]
    public void Judge_OddNumbers_AreHeldToTheLimitsToo(string number, ProbeOutcome outcome, string reason)
    {
        var answer = PrometheusAnswer.Read(200, Encoding.UTF8.GetBytes($$"""{"status":"success","data":{"resultType":"scalar","result":[1700000000,"{{number}}"]} }"""));

        PrometheusJudge.Judge(answer, null, Settings with { Limits = new ValueLimits(1, null, null) }).Finding.Should().Be(new Finding(outcome, reason));
    }
}
