using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Steps;
using DrOrchestrator.Drills.Steps.Objects;

namespace DrOrchestrator.Tests.Drills.Steps.Objects;

public sealed class ObjectPathTests
{
    private static readonly JsonNode Sample = JsonNode.Parse("""
        {"metadata":{"labels":{"a.b/c":"x"},"annotations":{"cnpg.io/hibernation":"on"}},
         "status":{"ready":3,"ok":true,"list":["p","q"],"conditions":[{"type":"Ready","status":"True"},{"type":"Odd","status":"False"},{"type":"Odd","status":"Unknown"}],"deep":[{"a":{"b":"k"},"v":"1"}]}}
        """)!;

    [Theory]
    [InlineData(".status.ready", "3")]
    [InlineData("$.status.ok", "true")]
    [InlineData("{.status.list[1]}", "q")]
    [InlineData(".status.list[7]", null)]
    [InlineData(".metadata.labels['a.b/c']", "x")]
    [InlineData("""$["metadata"].labels["a.b/c"]""", "x")]
    [InlineData(@".metadata.annotations.cnpg\.io/hibernation", "on")]
    [InlineData(""".status.conditions[?(@.type=="Ready")].status""", "True")]
    [InlineData(".status.conditions[?(@.type == 'Ready')].status", "True")]
    [InlineData(".status.conditions[?(@.type=='None')].status", null)]
    [InlineData(".status.deep[?(@.a.b=='k')].v", "1")]
    [InlineData(".status.conditions[?(@.type=='Odd')].status", "False,Unknown")]
    [InlineData(".status.list", """["p","q"]""")]
    [InlineData(".status.ready.deeper", null)]
    public void Find_OfAPath_IsWhatKubectlFinds(string path, string? found) =>
        string.Join(',', ObjectPath.Parse(path).Find(Sample)).Should().Be(found ?? "");

    [Theory]
    [InlineData("")]
    [InlineData("$")]
    [InlineData("status")]
    [InlineData(".status..ready")]
    [InlineData(".status[*]")]
    [InlineData(".status[-1]")]
    [InlineData(".status.conditions[?(@.type!='Ready')]")]
    [InlineData(".status.conditions[?(@.type=='Ready\")]")]
    [InlineData(".a .b")]
    public void Parse_AnythingElse_IsRefused(string path)
    {
        var act = () => ObjectPath.Parse(path);

        act.Should().Throw<FormatException>().WithMessage($"'{path}' is no path; allowed: *");
    }
}
