using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Members;

internal static class MemberCommands
{
    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Of("SUBJECT", "subject"), Column.Of("DESCRIPTION", "description"), Column.Of("DISABLED", "disabled"),
        Column.Time("CREATED", "createdAt"), Column.Of("BY", "createdBy"),
    ];

    public static IEnumerable<Command> Build() =>
        new[] { MemberKind.User, MemberKind.Service }.Select(kind => Verb.Group(kind.Command, kind.Description,
            ListMembers.Build(kind), ShowMember.Build(kind), AddMember.Build(kind), UpdateMember.Build(kind), RemoveMember.Build(kind)));
}

/// <summary>People, or the programs that act for themselves; the same can be done with both.</summary>
/// <param name="Prefix">How subjects of the kind begin.</param>
internal sealed record MemberKind(string Command, string Description, string Noun, string Prefix)
{
    public static readonly MemberKind User = new("members", "People who may hold keys and grants.", "member", "user:");
    public static readonly MemberKind Service = new("service-accounts", "Programs that may hold keys and grants.", "service account", "service:");

    public string Path => $"api/v1/access/{Command}";

    public Argument<string> NameArgument() => new("name") { Description = $"Name of the {Noun}, with or without {Prefix}" };

    public string NameOf(string given) => given.StartsWith(Prefix, StringComparison.Ordinal) ? given[Prefix.Length..] : given;

    public string PathOf(string given) => $"{Path}/{Query.Part(NameOf(given))}";
}
