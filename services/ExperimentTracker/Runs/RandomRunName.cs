using System.Globalization;

namespace MlopsPlane.ExperimentTracker.Runs;

/// <summary>A name for a run that got none: <c>predicate-noun-number</c>, at most 20 characters.</summary>
internal static class RandomRunName
{
    private static readonly string[] Predicates =
    [
        "able", "adorable", "amazing", "amusing", "bold", "bouncy", "bright", "calm", "capable", "carefree", "charming", "clean",
        "dapper", "dashing", "fearless", "funny", "gentle", "gifted", "kindly", "learned", "likeable", "loud", "luminous", "lyrical",
        "nimble", "orderly", "painted", "peaceful", "placid", "polite", "popular", "powerful", "rare", "salty", "sincere", "skillful",
        "smiling", "sneaky", "spiffy", "stylish", "unique", "upbeat", "useful", "valuable", "welcoming", "wise", "youthful", "zealous",
    ];

    private static readonly string[] Nouns =
    [
        "ant", "bass", "bear", "bee", "bird", "cat", "crab", "crow", "deer", "dog", "dove", "duck", "eel", "elk", "finch", "fish",
        "fox", "frog", "goat", "goose", "hare", "hawk", "horse", "jay", "koi", "lamb", "lark", "lynx", "mole", "moth", "mouse",
        "newt", "owl", "panda", "perch", "quail", "robin", "seal", "shark", "sloth", "snail", "stork", "swan", "toad", "trout",
        "vole", "whale", "wolf", "wren", "yak",
    ];

    public static string Next() => string.Create(CultureInfo.InvariantCulture,
        $"{Predicates[Random.Shared.Next(Predicates.Length)]}-{Nouns[Random.Shared.Next(Nouns.Length)]}-{Random.Shared.Next(1000)}");
}
