using System.Net;
using System.Net.Http.Json;
using DrOrchestrator.Compliance;
using Microsoft.Extensions.DependencyInjection;

namespace DrOrchestrator.Web.Tests.Api;

public sealed class AssessmentTests
{
    [Fact]
    public async Task Confirm_ByTheLocalOperator_IsForbiddenAndByAnApproverOnRecord()
    {
        await using var server = await RunningServer.StartAsync();
        var made = await server.App.Services.GetRequiredService<IAssessments>().AssessAsync("ledger", "image", "sha256:1", true, "same code, new base image", "li", default);
        using var @operator = server.Operator();
        using var approver = server.Client(Samples.ApproverToken);
        var path = $"/api/v1/assessments/{made.Id}/confirm";

        var byOperator = await @operator.PostAsJsonAsync(path, new { });
        var byApprover = await approver.PostAsJsonAsync(path, new { });

        byOperator.StatusCode.Should().Be(HttpStatusCode.Forbidden, "the local operator is nobody in particular and approves nothing");
        byApprover.StatusCode.Should().Be(HttpStatusCode.OK);
        (await server.App.Services.GetRequiredService<IAssessments>().ReadAsync(default)).Single().ConfirmedBy.Should().Be("anna");
    }
}
