using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Kubernetes;
using DrOrchestrator.Sandbox.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace DrOrchestrator.Sandbox.Control;

/// <summary>
/// The lab's own record of every mutating request, in one file that only grows. Several processes write it (the host and the front door), each request as one
/// append before it is answered; its number is its line.
/// </summary>
internal sealed class RequestRecord(string path, TimeProvider time) : IRequestRecord, IDisposable
{
    private readonly SafeFileHandle _file = DurableFile.OpenShared(path);

    public void Record(RequestEntry entry)
    {
        byte[] json = new JsonObject
        {
            ["at"] = entry.At.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            ["site"] = entry.Site,
            ["method"] = entry.Method,
            ["path"] = entry.Path,
            ["userAgent"] = entry.UserAgent,
            ["status"] = entry.Status,
            ["bodySha256"] = entry.BodySha256,
            ["body"] = entry.Body,
        }.ToBytes();

        // The offset is without meaning: the file was opened for appending.
        RandomAccess.Write(_file, (byte[])[.. json, (byte)'\n'], fileOffset: 0);
    }

    /// <summary>Records a request to a server of the lab's own.</summary>
    public void Record(HttpContext context, string site, int status, byte[] body) => Record(new RequestEntry(
        time.GetUtcNow(),
        site,
        context.Request.Method,
        context.Request.Path + context.Request.QueryString,
        context.Request.Headers.UserAgent.ToString(),
        status,
        Convert.ToHexStringLower(SHA256.HashData(body)),
        Encoding.UTF8.GetString(body)));

    /// <summary>All lines after number <paramref name="after"/>, each with its number.</summary>
    public JsonArray ReadAfter(long after)
    {
        var found = new JsonArray();
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        string[] lines = reader.ReadToEnd().Split('\n');

        // What follows the last line feed is nothing, or a line that is just being written.
        for (long number = after + 1; number < lines.Length; number++)
        {
            var request = (JsonObject)JsonNode.Parse(lines[number - 1])!;
            request.Insert(0, "number", number);
            found.Add(request);
        }

        return found;
    }

    public void Dispose() => _file.Dispose();
}
