using System.Text.Json.Nodes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Tests.Plans;

public sealed class StepReferencesTests
{
    private static readonly JsonObject Outputs = (JsonObject)JsonNode.Parse("""{"epoch":2,"lsn":"0/1A","ok":true,"list":[1,2],"none":null}""")!;

    [Theory]
    [InlineData("\"${steps.promote.epoch}\"", "2")]
    [InlineData("\"${steps.promote.list}\"", "[1,2]")]
    [InlineData("\"${steps.promote.lsn}\"", "\"0/1A\"")]
    [InlineData("\"at ${steps.promote.lsn} in ${steps.promote.epoch}, ${steps.promote.ok}\"", "\"at 0/1A in 2, true\"")]
    [InlineData("{\"a\":[\"x\",{\"b\":\"${steps.promote.ok}\"}],\"n\":3,\"z\":null}", "{\"a\":[\"x\",{\"b\":true}],\"n\":3,\"z\":null}")]
    [InlineData("\"$ {steps} $5\"", "\"$ {steps} $5\"")]
    public void Fill_Value_IsReplaced(string given, string expected)
    {
        var parameters = new StepParameters(new JsonObject { ["v"] = JsonNode.Parse(given) });

        var filled = StepReferences.Fill(parameters, step => step == "promote" ? Outputs : null);

        filled.Values.ToJsonString().Should().Be($"{{\"v\":{expected}}}");
        parameters.Values["v"]!.ToJsonString().Should().Be(JsonNode.Parse(given)!.ToJsonString(), "the plan itself stays as it was read");
    }

    [Fact]
    public void Fill_OutputHoldsSomethingLikeAReference_IsNotFilledAgain()
    {
        var outputs = new JsonObject { ["log"] = "${steps.promote.epoch}" };

        var filled = StepReferences.Fill(new StepParameters(new JsonObject { ["v"] = "got ${steps.job.log}" }), _ => outputs);

        filled.Text("v").Should().Be("got ${steps.promote.epoch}");
    }

    [Theory]
    [InlineData("${steps.fence.proof}", "step 'fence' has no output 'proof': it has not run to its end, or its kind did not return what it declares")]
    [InlineData("x ${steps.promote.none}", "step 'promote' has no output 'none': it has not run to its end, or its kind did not return what it declares")]
    public void Fill_ValueNotThere_Throws(string text, string message)
    {
        var fill = () => StepReferences.Fill(new StepParameters(new JsonObject { ["v"] = text }), step => step == "promote" ? Outputs : null);

        fill.Should().Throw<MissingOutputException>().WithMessage(message);
    }

    [Theory]
    [InlineData("${steps.a.b}", 1, false)]
    [InlineData("${steps.a.b}${steps.c-d.e_f}", 2, false)]
    [InlineData("${steps.a}", 0, true)]
    [InlineData("${steps.a.b} ${HOME}", 1, true)]
    [InlineData("${ steps.a.b }", 0, true)]
    [InlineData("${steps.A.b}", 0, true)]
    [InlineData("${${steps.a.b}}", 1, true)]
    [InlineData("$steps.a.b", 0, false)]
    public void In_Text_FindsReferencesAndWhatIsNone(string text, int count, bool malformed)
    {
        StepReferences.In(text, out var found).Should().HaveCount(count);
        found.Should().Be(malformed);
    }
}
