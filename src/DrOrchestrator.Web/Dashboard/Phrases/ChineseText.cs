using System.Net;
using System.Text.RegularExpressions;

namespace DrOrchestrator.Web.Dashboard.Phrases;

/// <summary>The product's sentences in Chinese as plain text, for programs of the same solution that write to a terminal.</summary>
public static partial class ChineseText
{
    /// <summary>The sentence in Chinese; as it is where the book does not have it.</summary>
    public static string Of(string english) => WebUtility.HtmlDecode(Tag().Replace(Phrasebook.Say(english, Language.Chinese).Markup, ""));

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
