using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using DrOrchestrator.Availability;

namespace DrOrchestrator.Storage.Spooling;

/// <summary>Records as bytes: JSON, so that what a record gains later travels along, and deflated, for most of it is the same names again and again.</summary>
internal static class SpoolCodec
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new HistogramConverter() },
    };

    public static byte[] Write(SpoolRecord record)
    {
        using var bytes = new MemoryStream();
        using (var deflate = new DeflateStream(bytes, CompressionLevel.Fastest))
        {
            JsonSerializer.Serialize(deflate, record, Json);
        }

        return bytes.ToArray();
    }

    /// <exception cref="JsonException">Written by a newer program; that one must empty the spool.</exception>
    public static SpoolRecord Read(byte[] bytes)
    {
        using var inflate = new DeflateStream(new MemoryStream(bytes, writable: false), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<SpoolRecord>(inflate, Json)!;
    }

    private sealed class HistogramConverter : JsonConverter<LatencyHistogram>
    {
        public override LatencyHistogram Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => LatencyHistogram.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, LatencyHistogram value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
