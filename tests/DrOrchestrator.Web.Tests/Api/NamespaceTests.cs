using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DrOrchestrator.Web.Tests.Api;

public sealed class NamespaceTests
{
    [Fact]
    public async Task Namespaces_AreShownToWhoRunsDrills_AndRemovedByAnOperator()
    {
        await using var server = await RunningServer.StartAsync();
        using var @operator = server.Operator();
        using var approver = server.Client(Samples.ApproverToken);
        using var viewer = server.Client(Samples.ViewerToken);

        var shown = JsonNode.Parse(await @operator.GetStringAsync("/api/v1/namespaces"))!;
        var toViewer = await viewer.GetAsync("/api/v1/namespaces");
        var byApprover = await approver.PostAsJsonAsync("/api/v1/namespaces/primary/ledger/remove", new { uid = "u", reason = "why" });
        var ofNone = await @operator.PostAsJsonAsync("/api/v1/namespaces/primary/ledger/remove", new { uid = "u", reason = "why" });
        var withoutReason = await @operator.PostAsJsonAsync("/api/v1/namespaces/primary/ledger/remove", new { uid = "u", reason = " " });

        shown["namespaces"]!.AsArray().Should().BeEmpty();
        shown["notSeen"].Should().NotBeNull();
        new[] { toViewer.StatusCode, byApprover.StatusCode }.Should().OnlyContain(status => status == HttpStatusCode.Forbidden);
        (ofNone.StatusCode, withoutReason.StatusCode).Should().Be((HttpStatusCode.NotFound, HttpStatusCode.UnprocessableEntity));
        JsonNode.Parse(await ofNone.Content.ReadAsStringAsync())!["code"]!.ToString().Should().Be("no-such-namespace");
    }
}
