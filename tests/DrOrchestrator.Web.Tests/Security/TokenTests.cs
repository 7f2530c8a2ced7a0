using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using DrOrchestrator.Estates;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Security;

/// <summary>Tokens of people from their making to their end, on a running server.</summary>
public sealed class TokenTests
{
    [Fact]
    public async Task Create_ByAnAdmin_SignsThePersonInWithTheRolesOfTheEstate()
    {
        await using var server = await RunningServer.StartAsync();

        var (token, document) = await CreateAsync(server, """{"person":"anna","note":"phone"}""");
        using var client = server.Client(token);
        var me = await client.GetFromJsonNodeAsync("/api/v1/me");

        me["id"]!.ToString().Should().Be("anna");
        me["roles"]!.AsArray().Select(role => role!.ToString()).Should().Equal("approver");
        document["createdBy"]!.ToString().Should().Be("adam");
        document["state"]!.ToString().Should().Be("active");
        document["sha256"].Should().BeNull();
    }

    [Theory]
    [InlineData(Samples.ViewerToken)]
    [InlineData(Samples.ApproverToken)]
    [InlineData(null)]
    public async Task Create_ByAnybodyElse_IsRefused(string? token)
    {
        await using var server = await RunningServer.StartAsync();
        using var client = server.Client(token ?? server.OperatorToken);

        using var response = await client.PostAsync("/api/v1/tokens", Answers.Json("""{"person":"anna"}"""));
        using var revoking = await client.DeleteAsync(new Uri("/api/v1/tokens/1", UriKind.Relative));

        response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        revoking.StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Create_WithARoleThePersonDoesNotHave_IsRefusedByName()
    {
        await using var server = await RunningServer.StartAsync();
        using var admin = server.Client(Samples.AdminToken);

        using var response = await admin.PostAsync("/api/v1/tokens", Answers.Json("""{"person":"anna","roles":["approver","admin"]}"""));

        response.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await response.Problem()).Code.Should().Be("role-not-held");
    }

    [Fact]
    public async Task Token_NarrowedToARole_GivesNoOtherAndNoneTheEstateTookAway()
    {
        await using var server = await RunningServer.StartAsync(estate: Samples.Estate() with { People = [.. Samples.Estate().People, Samples.Person("bo", "bo-token", PersonRole.Viewer, PersonRole.Approver)] });
        var (token, _) = await CreateAsync(server, """{"person":"bo","roles":["viewer","approver"]}""");
        var (narrow, _) = await CreateAsync(server, """{"person":"bo","roles":["viewer"]}""");

        (await RolesAsync(server, narrow)).Should().Equal("viewer");
        (await RolesAsync(server, token)).Should().Equal("viewer", "approver");
        var estates = server.App.Services.GetRequiredService<EstateHolder>();
        estates.Swap(estates.Current with { People = [.. estates.Current.People.Select(person => person.Id == "bo" ? person with { Roles = [PersonRole.Viewer, PersonRole.Operator] } : person)] });

        (await RolesAsync(server, token)).Should().Equal("viewer");
    }

    [Fact]
    public async Task Token_OfAPersonRemovedFromTheEstate_EndsAtOnceWithItsSessions()
    {
        await using var server = await RunningServer.StartAsync();
        var (token, _) = await CreateAsync(server, """{"person":"anna"}""");
        using var browser = await SignInAsync(server, token);
        using var before = await browser.GetAsync("/drills");
        var estates = server.App.Services.GetRequiredService<EstateHolder>();
        estates.Swap(estates.Current with { People = [.. estates.Current.People.Where(person => person.Id != "anna")] });

        using var page = await browser.GetAsync("/drills");
        using var call = await server.Client(token).GetAsync("/api/v1/me");

        before.StatusCode.Should().Be(HttpStatusCode.OK);
        page.StatusCode.Should().Be(HttpStatusCode.Redirect);
        call.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Revoke_OfAToken_EndsItAndTheSessionsItOpenedAndNoOthers()
    {
        await using var server = await RunningServer.StartAsync();
        var (token, document) = await CreateAsync(server, """{"person":"anna"}""");
        using var browser = await SignInAsync(server, token);
        using var other = await SignInAsync(server, Samples.ApproverToken);
        using var admin = server.Client(Samples.AdminToken);

        using var revoked = await admin.DeleteAsync(new Uri($"/api/v1/tokens/{document["id"]}", UriKind.Relative));
        using var page = await browser.GetAsync("/drills");
        using var call = await server.Client(token).GetAsync("/api/v1/me");
        using var otherPage = await other.GetAsync("/drills");
        var listed = (await admin.GetFromJsonNodeAsync("/api/v1/tokens")).AsArray().Single()!;

        revoked.StatusCode.Should().Be(HttpStatusCode.OK);
        page.StatusCode.Should().Be(HttpStatusCode.Redirect, "a session is no better than the token that opened it");
        call.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        otherPage.StatusCode.Should().Be(HttpStatusCode.OK);
        (listed["state"]!.ToString(), listed["revokedBy"]!.ToString()).Should().Be(("revoked", "adam"));
    }

    [Fact]
    public async Task Token_FromItsMakingToItsEnd_IsInNoLogAndNoRecord()
    {
        var folder = RunningServer.FreshFolder();
        await using var server = await RunningServer.StartAsync(folder);
        var (token, document) = await CreateAsync(server, """{"person":"anna"}""");
        using var call = await server.Client(token).GetAsync("/api/v1/me");
        using var admin = server.Client(Samples.AdminToken);
        using var revoked = await admin.DeleteAsync(new Uri($"/api/v1/tokens/{document["id"]}", UriKind.Relative));
        using var auditor = server.Client(Samples.AuditorToken);

        var records = await auditor.GetFromJsonNodeAsync("/api/v1/evidence?from=0");
        var logs = string.Concat(Directory.GetFiles(Path.Combine(folder, "logs")).Select(Shared));

        var kinds = records.AsArray().Where(record => record!["kind"]!.ToString().StartsWith("token.", StringComparison.Ordinal)).ToList();
        kinds.Select(record => (record!["kind"]!.ToString(), record["actor"]!.ToString())).Should().Equal(("token.created", "adam"), ("token.revoked", "adam"));
        foreach (var secret in (string[])[token, DrOrchestrator.Web.Security.Tokens.Hash(token)])
        {
            records.ToJsonString().Should().NotContain(secret);
            logs.Should().NotContain(secret);
            server.Errors.ToString().Should().NotContain(secret);
            server.Output.ToString().Should().NotContain(secret);
        }

        logs.Should().Contain("Token 1 of anna was made by adam");
    }

    private static string Shared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static async Task<(string Token, JsonNode Document)> CreateAsync(RunningServer server, string body)
    {
        using var admin = server.Client(Samples.AdminToken);
        using var response = await admin.PostAsync("/api/v1/tokens", Answers.Json(body));
        response.StatusCode.Should().Be(HttpStatusCode.Created);
        var made = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return (made["token"]!.ToString(), made["document"]!);
    }

    private static async Task<IEnumerable<string>> RolesAsync(RunningServer server, string token)
    {
        using var client = server.Client(token);
        return (await client.GetFromJsonNodeAsync("/api/v1/me"))["roles"]!.AsArray().Select(role => role!.ToString());
    }

    private static async Task<HttpClient> SignInAsync(RunningServer server, string token)
    {
        var client = server.Client(null);
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token, ["to"] = "/" }) };
        request.Headers.Add("Origin", server.Url.GetLeftPart(UriPartial.Authority));
        using var response = await client.SendAsync(request);
        client.DefaultRequestHeaders.Add("Cookie", response.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("dro_session", StringComparison.Ordinal)).Split(';')[0]);
        return client;
    }
}
