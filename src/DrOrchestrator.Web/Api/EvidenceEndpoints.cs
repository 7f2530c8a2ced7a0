using DrOrchestrator.Estates;
using DrOrchestrator.Evidence;
using DrOrchestrator.Web.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DrOrchestrator.Web.Api;

internal static class EvidenceEndpoints
{
    private const int MostRecords = 1000;

    public static void MapEvidenceEndpoints(this IEndpointRouteBuilder api)
    {
        api.MapGet("/evidence", List);
        api.MapGet("/evidence/key", Key);
        api.MapPost("/evidence/packs", Export).Needs(PersonRole.Auditor, PersonRole.Operator, PersonRole.Admin);
    }

    private static async Task<Results<Ok<IReadOnlyList<EvidenceRecord>>, Problem>> List(
        IEvidenceLog evidence,
        CancellationToken cancellationToken,
        long? run = null,
        long from = 0,
        int limit = 100)
    {
        if (from < 0 || limit is < 1 or > MostRecords)
        {
            return Problem.Unprocessable("out-of-range", $"from={from}, limit={limit}; allowed: from 0 up, limit 1 to {MostRecords}.");
        }

        return TypedResults.Ok(await evidence.ReadAsync(run, from, limit, cancellationToken));
    }

    /// <summary>The key checkpoints are signed with. Its fingerprint belongs into hands outside: a pack is authentic only against one given out of band.</summary>
    private static async Task<Ok<EvidenceKeyDocument>> Key(IEvidenceLog evidence, IEvidenceArchive archive, CancellationToken cancellationToken)
    {
        await evidence.CheckpointAsync(cancellationToken);
        var sealedLog = await archive.NewestCheckpointAsync(cancellationToken);
        return TypedResults.Ok(new EvidenceKeyDocument(sealedLog.Origin, sealedLog.KeyFingerprint, sealedLog.VerifierKey));
    }

    /// <summary>The pack is finished on disk before its first byte is sent, so that a failure is an answer and never half a pack.</summary>
    private static async Task<Results<FileStreamHttpResult, Problem>> Export(
        ExportPack body,
        DataFolder folder,
        AuditPackWriter packs,
        CancellationToken cancellationToken)
    {
        var draft = PrivateFile.Temporary(folder.File($"pack-{Guid.NewGuid():N}.draft"));
        try
        {
            await packs.WriteAsync(draft, new AuditPackScope(body.Run), cancellationToken);
        }
        catch (AuditPackRefusedException refused)
        {
            await draft.DisposeAsync();
            return Problem.Unprocessable("pack-refused", refused.Message);
        }
        catch
        {
            await draft.DisposeAsync();
            throw;
        }

        draft.Position = 0;
        return TypedResults.File(draft, "application/zip", body.Run is null ? "audit-pack.zip" : $"audit-pack-run-{body.Run}.zip");
    }
}
