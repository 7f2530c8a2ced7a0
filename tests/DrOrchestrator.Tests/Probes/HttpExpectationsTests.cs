using System.Text.RegularExpressions;
using DrOrchestrator.Estates;
using DrOrchestrator.Probes;

namespace DrOrchestrator.Tests.Probes;

public sealed class HttpExpectationsTests : IDisposable
{
    private const string Body = """{"status":"ok","lag":4.5,"parts":[{"name":"a"},{"name":"b"}],"text":"7","none":null}""";
    private static readonly HttpExpectations Nothing = new([], [], null, [], []);
    private readonly HttpBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("204 No Content", "HTTP 204", true)]
    [InlineData("404 Not Found", "HTTP 404", true)]
    [InlineData("301 Moved", "HTTP 301 (expected 200-299 or 404)", false)]
    public async Task RunAsync_StatusRanges_Hold(string status, string reason, bool isUp)
    {
        await using var target = TcpTarget.Answering(status, "");

        var result = await _bench.LookAsync(HttpBench.Settings(target.Url) with { ExpectedStatus = [new(200, 299), 404] });

        result.Should().BeEquivalentTo(new { Reason = reason, Outcome = isUp ? ProbeOutcome.Up : ProbeOutcome.Down });
    }

    [Theory]
    [InlineData("$.status", "ok", null)]
    [InlineData("$.status", "degraded", "HTTP 200, but the value at $.status is not 'degraded': ok")]
    [InlineData("$.lag", "4.50", null)]
    [InlineData("$.parts[-1].name", "b", null)]
    [InlineData("$['parts'][0].name", "b", "HTTP 200, but the value at $['parts'][0].name is not 'b': a")]
    [InlineData("$.parts[2].name", "b", "HTTP 200, but there is nothing at $.parts[2].name")]
    [InlineData("$.none", "null", null)]
    public async Task RunAsync_JsonEquals_ComparesWhatStandsThere(string path, string equal, string? reason) =>
        (await LookAsync(Nothing with { Json = [Json(path, equal)] })).Reason.Should().Be(reason ?? "HTTP 200");

    [Theory]
    [InlineData("$.lag", 1.0, 5.0, null, 4.5)]
    [InlineData("$.text", 1.0, 7.0, null, 7.0)]
    [InlineData("$.lag", 5.0, null, "HTTP 200, but the value at $.lag is 4.5, less than 5", 4.5)]
    [InlineData("$.lag", null, 4.0, "HTTP 200, but the value at $.lag is 4.5, more than 4", 4.5)]
    [InlineData("$.status", 1.0, null, "HTTP 200, but the value at $.status is no number: ok", null)]
    public async Task RunAsync_JsonNumber_IsComparedAndTaken(string path, double? least, double? most, string? reason, double? value)
    {
        JsonPath.TryParse(path, out var parsed);

        var result = await LookAsync(Nothing with { Json = [new JsonExpectation(parsed!, null, least, most, Exists: true, IsValue: true)] });

        result.Reason.Should().Be(reason ?? "HTTP 200");
        result.Value.Should().Be(value);
    }

    [Theory]
    [InlineData("""{"a":"\ud83d"}""", "HTTP 200, but the value at $.a is not readable as text")]
    [InlineData("""{"a":"\ud83d\ude00"}""", "HTTP 200, but the value at $.a is not 'b': \ud83d\ude00")]
    public async Task RunAsync_JsonThatIsNoText_IsDown(string body, string reason)
    {
        var result = await LookAsync(Nothing with { Json = [Json("$.a", "b")] }, body);

        result.Should().BeEquivalentTo(new { Outcome = ProbeOutcome.Down, Reason = reason });
    }

    [Fact]
    public async Task RunAsync_LongJsonText_IsCutBetweenCharacters()
    {
        var result = await LookAsync(Nothing with { Json = [Json("$.a", "b")] }, $$"""{"a":"{{new string('x', 58)}}\ud83d\ude00\ud83d\ude00"}""");

        result.Reason.Should().Be($"HTTP 200, but the value at $.a is not 'b': {new string('x', 58)}\u2026");
    }

    [Theory]
    [InlineData("<html>", "HTTP 200, but the body is no JSON: <html>")]
    [InlineData("", "HTTP 200, but the body is no JSON: ")]
    public async Task RunAsync_NoJson_IsDown(string body, string reason) => (await LookAsync(Nothing with { Json = [Json("$.a", "b")] }, body)).Reason.Should().Be(reason);

    [Fact]
    public async Task RunAsync_DeepJson_IsDownAndNothingBreaks() =>
        (await LookAsync(Nothing with { Json = [Json("$.a", "b")] }, new string('[', 60_000))).Reason.Should().StartWith("HTTP 200, but the body is no JSON: [[[");

    [Theory]
    [InlineData("status\":\"(ok|fine)\"", null)]
    [InlineData("^degraded", "HTTP 200, but the body does not match '^degraded': {\"status\":\"ok\"")]
    public async Task RunAsync_Pattern_IsMatched(string pattern, string? reason) =>
        (await LookAsync(Nothing with { Matches = new Regex(pattern, RegexOptions.NonBacktracking) })).Reason.Should().StartWith(reason ?? "HTTP 200");

    [Fact]
    public async Task RunAsync_PatternThatExplodes_EndsAtItsLimit() =>
        (await LookAsync(Nothing with { Matches = new Regex("^(a+)+(?!c)b$", RegexOptions.None, TimeSpan.FromMilliseconds(50)) }, new string('a', 40) + "!"))
            .Reason.Should().Be("HTTP 200, but the pattern '^(a+)+(?!c)b$' took too long on the body");

    [Fact]
    public async Task RunAsync_UnwantedText_IsDown() =>
        (await LookAsync(Nothing with { DoesNotContain = ["error", "lag"] })).Reason.Should().StartWith("HTTP 200, but the body contains 'lag': {");

    [Fact]
    public async Task RunAsync_SeveralTexts_AllMustBeThere() =>
        (await LookAsync(Nothing with { Contains = ["ok", "ready"] })).Reason.Should().StartWith("HTTP 200, but the body does not contain 'ready': {");

    [Fact]
    public async Task RunAsync_Headers_AreComparedAndTheirValuesNotRepeated()
    {
        await using var target = TcpTarget.Answering("200 OK\r\nX-Role: primary\r\nX-Token: hush", "");
        async Task<string> Reason(HeaderExpectation header) => (await _bench.LookAsync(HttpBench.Settings(target.Url) with { Expect = Nothing with { Headers = [header] } })).Reason;

        (await Reason(new("x-role", "primary", null, null, false))).Should().Be("HTTP 200");
        (await Reason(new("X-Role", "standby", null, null, false))).Should().Be("HTTP 200, but the header X-Role is not as expected");
        (await Reason(new("X-Token", null, "noise", null, false))).Should().Be("HTTP 200, but the header X-Token is not as expected");
        (await Reason(new("X-Gone", null, null, null, false))).Should().Be("HTTP 200, but the header X-Gone is missing");
        (await Reason(new("X-Token", null, null, null, true))).Should().Be("HTTP 200, but the header X-Token is there");
        (await Reason(new("Content-Length", "0", null, null, false))).Should().Be("HTTP 200");
    }

    private static JsonExpectation Json(string path, string equal)
    {
        JsonPath.TryParse(path, out var parsed).Should().BeTrue();
        return new JsonExpectation(parsed!, equal, null, null, Exists: true, IsValue: false);
    }

    private async Task<ProbeResult> LookAsync(HttpExpectations expect, string body = Body)
    {
        await using var target = TcpTarget.Answering("200 OK", body);
        return await _bench.LookAsync(HttpBench.Settings(target.Url) with { Expect = expect });
    }
}
