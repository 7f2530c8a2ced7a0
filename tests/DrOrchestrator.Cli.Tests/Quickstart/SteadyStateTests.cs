using System.Text.Json.Nodes;
using DrOrchestrator.Cli.Client;
using DrOrchestrator.Cli.Quickstart;

namespace DrOrchestrator.Cli.Tests.Quickstart;

public class SteadyStateTests
{
    [Theory]
    [InlineData("", "", null)]
    [InlineData("\"state\":\"up\",\"since\":\"2026-11-22T08:00:00Z\",\n", "\"state\":\"unknown\",\n", "ledger is unknown (HTTP 201)")]
    [InlineData("\"highest\":0.52", "\"highest\":null", "the exposure of ledger towards dr is not known")]
    [InlineData("\"replication\":\"protected\"", "\"replication\":\"not-protected\"", "the exposure of ledger towards dr is not-protected")]
    public void Missing_WhatIsNotYetThere_IsNamed(string part, string instead, string? missing)
    {
        var json = part.Length == 0 ? Samples.Status : Samples.Status.Replace("\r", "", StringComparison.Ordinal).Replace(part, instead, StringComparison.Ordinal);

        SteadyState.Missing(ApiClient.Read<StatusView>(JsonNode.Parse(json)!)).Should().Be(missing);
    }

    [Fact]
    public void Missing_NoSystem_IsNamed() => SteadyState.Missing(new StatusView()).Should().Be("the server knows no system");

    [Fact]
    public void StatusRows_PutFiguresWhereTheyBelong()
    {
        StatusRows.Of(ApiClient.Read<StatusView>(JsonNode.Parse(Samples.Status)!)).Should().Equal(
            new StatusRow("primary", "serving", "up", "4 ms", "", "99.99%", ""),
            new StatusRow("dr", "standby", "up", "unknown", "0.5 s", "", ""));
    }

    [Theory]
    [InlineData("\"value\":0.52", "\"value\":null", "up", "0.5-0.5 s")]
    [InlineData("\"value\":0.52,\"lowest\":0.52,\"highest\":0.52", "\"value\":null,\"lowest\":0.4,\"highest\":12.3", "up", "0.4-12.3 s")]
    [InlineData("\"replication\":\"protected\"", "\"replication\":\"not-protected\"", "not-protected", "0.5 s")]
    public void StatusRows_StandbyInTrouble_SaysSoInFewLetters(string part, string instead, string state, string exposure)
    {
        var status = ApiClient.Read<StatusView>(JsonNode.Parse(Samples.Status.Replace(part, instead, StringComparison.Ordinal))!);

        StatusRows.Of(status)[1].Should().Be(new StatusRow("dr", "standby", state, "unknown", exposure, "", ""));
    }

    [Theory]
    [InlineData(0, """{"verified":true,"records":40,"problem":null}""", true, null)]
    [InlineData(0, "", false, "the verifier ended with exit code 0")]
    [InlineData(0, """{"verified":false,"records":4,"problem":{"entry":"key","place":"the name","found":"a","expected":"b"}}""", false, "key, the name: found a; expected b")]
    [InlineData(5, """{"verified":true,"records":40,"problem":null}""", false, "the verifier ended with exit code 5")]
    public void PackCheck_VerifiedOnlyWhenCodeAndDocumentSaySo(int code, string output, bool verified, string? problem)
    {
        var verification = PackCheck.Judge(code, output, "", "SHA256:abc");

        verification.Verified.Should().Be(verified);
        verification.Problem.Should().Be(problem);
    }
}
