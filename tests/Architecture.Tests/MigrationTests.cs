using Microsoft.EntityFrameworkCore;
using MlopsPlane.AllInOne;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Architecture.Tests;

public sealed class MigrationTests
{
    public static TheoryData<Type> Contexts => [.. Product.Modules
        .SelectMany(module => module.GetType().Assembly.GetTypes())
        .Where(type => type is { IsAbstract: false } && type.IsAssignableTo(typeof(PlaneDb)))];

    [Theory]
    [MemberData(nameof(Contexts))]
    public void The_migrations_of_a_context_say_all_that_its_model_says(Type context)
    {
        var factory = Activator.CreateInstance(context.GetNestedType("DesignTime", System.Reflection.BindingFlags.NonPublic)!)!;
        using var db = (PlaneDb)factory.GetType().GetMethod("CreateDbContext")!.Invoke(factory, [Array.Empty<string>()])!;
        Assert.False(db.Database.HasPendingModelChanges(), $"Run eng/migrations.sh for {context.Name}.");
        Assert.NotEmpty(db.Database.GetMigrations());
    }

    [Fact]
    public void Every_service_has_a_context_for_each_provider() => Assert.Equal(0, Contexts.Count % 2);
}
