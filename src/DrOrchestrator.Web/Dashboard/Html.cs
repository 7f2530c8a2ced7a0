using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace DrOrchestrator.Web.Dashboard;

/// <summary>
/// A piece of markup. Whatever is put into one by interpolation is escaped unless it is itself <see cref="Html"/>, so a hostile name cannot become markup by
/// forgetting something.
/// </summary>
internal readonly record struct Html(string Markup)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static Html Empty { get; } = new("");

    public static Html Of(Builder markup) => new(markup.ToString());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part.Markup)));

    public static string Escape(string text) => Encoder.Encode(text);

    public override string ToString() => Markup;

    /// <summary>The compiler calls this for <c>Html.Of($"...")</c>.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Builder(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _markup = new(literalLength + (formattedCount * 16));

        public void AppendLiteral(string literal) => _markup.Append(literal);

        public void AppendFormatted(Html html) => _markup.Append(html.Markup);

        public void AppendFormatted(IEnumerable<Html> parts)
        {
            foreach (var part in parts)
            {
                _markup.Append(part.Markup);
            }
        }

        public void AppendFormatted(string? text) => _markup.Append(Escape(text ?? ""));

        public void AppendFormatted(long number) => _markup.Append(number.ToString(CultureInfo.InvariantCulture));

        /// <summary>Numbers of drawings: two digits are less than a hair's breadth.</summary>
        public void AppendFormatted(double number) => _markup.Append(number.ToString("0.##", CultureInfo.InvariantCulture));

        public override string ToString() => _markup.ToString();
    }
}
