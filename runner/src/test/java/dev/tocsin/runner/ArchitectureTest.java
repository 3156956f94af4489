package dev.tocsin.runner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The rules of the house that a machine can check. */
@AnalyzeClasses(packages = "dev.tocsin", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] LIBRARIES = {
        "dev.tocsin.rpcpool..",
        "dev.tocsin.coordination..",
        "dev.tocsin.metrics..",
        "dev.tocsin.alerting..",
        "dev.tocsin.notification..",
        "dev.tocsin.filters.."
    };

    @ArchTest
    static final ArchRule noLibraryModuleDependsOnAnother = slices().matching(
                    "dev.tocsin.(rpcpool|coordination|metrics|alerting|notification|filters)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule noLibraryKnowsTheRunner = noClasses()
            .that()
            .resideInAnyPackage(LIBRARIES)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tocsin.runner..");

    @ArchTest
    static final ArchRule internalsStayInTheirModule = slices().matching("dev.tocsin.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(
                    com.tngtech.archunit.base.DescribedPredicate.alwaysTrue(),
                    com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage(
                            "dev.tocsin.*.internal.."));

    /** The root of each library, and beside it what only some of its users need. Whoever adds a package adds it here, with a reason. */
    private static final Map<String, String> PUBLIC_PACKAGES = Map.ofEntries(
            Map.entry("dev.tocsin.rpcpool", "the pool"),
            Map.entry("dev.tocsin.rpcpool.error", "what errors mean: also for those who run nodes without our pool"),
            Map.entry("dev.tocsin.rpcpool.relay", "private relays, of use to few"),
            Map.entry("dev.tocsin.rpcpool.otel", "OpenTelemetry is optional"),
            Map.entry("dev.tocsin.rpcpool.stream", "the log stream, an application of the pool"),
            Map.entry("dev.tocsin.rpcpool.sender", "a policy around transactions, an application of the pool"),
            Map.entry("dev.tocsin.rpcpool.web3j", "web3j is optional"),
            Map.entry("dev.tocsin.coordination", "locks and election"),
            Map.entry("dev.tocsin.coordination.redis", "Jedis is optional"),
            Map.entry("dev.tocsin.metrics", "exporter and health"),
            Map.entry("dev.tocsin.alerting", "alerts and routes"),
            Map.entry("dev.tocsin.notification", "the gateway port, and what needs no library"),
            Map.entry("dev.tocsin.notification.email", "Jakarta Mail is optional"),
            Map.entry("dev.tocsin.filters", "decoding and rules"));

    private static final int MOST_PUBLIC_TYPES = 25;

    @ArchTest
    static void theApiOfALibraryIsFewPackagesWithFewTypes(JavaClasses all) {
        Map<String, Long> publicTypes = all.stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC) && type.isTopLevelClass())
                .filter(type ->
                        JavaClass.Predicates.resideInAnyPackage(LIBRARIES).test(type))
                .map(JavaClass::getPackageName)
                .filter(name -> !(name + ".").contains(".internal."))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

        assertThat(publicTypes.keySet()).isEqualTo(PUBLIC_PACKAGES.keySet());
        assertThat(publicTypes)
                .allSatisfy((name, count) -> assertThat(count).as(name).isLessThanOrEqualTo(MOST_PUBLIC_TYPES));
    }

    @ArchTest
    static final ArchRule implementationsAreNotPublicOutsideInternal = noClasses()
            .that()
            .resideInAnyPackage(LIBRARIES)
            .and()
            .arePublic()
            .should()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper");

    @ArchTest
    static final ArchRule yamlHttpServersAndCommandLineAreTheRunners = noClasses()
            .that()
            .resideInAnyPackage(LIBRARIES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.yaml..", "org.eclipse.jetty..", "picocli..", "com.sun.net.httpserver..");

    @ArchTest
    static final ArchRule web3jStaysInItsCorner = noClasses()
            .that()
            .resideOutsideOfPackage("dev.tocsin.rpcpool.web3j..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.web3j..");

    @ArchTest
    static final ArchRule openTelemetryStaysInItsCorner = noClasses()
            .that()
            .resideInAnyPackage(LIBRARIES)
            .and()
            .resideOutsideOfPackage("dev.tocsin.rpcpool.otel..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule jedisStaysInItsCorner = noClasses()
            .that()
            .resideInAnyPackage(LIBRARIES)
            .and()
            .resideOutsideOfPackage("dev.tocsin.coordination.redis..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("redis.clients..");

    @ArchTest
    static final ArchRule mailStaysInItsCorner = noClasses()
            .that()
            .resideInAnyPackage(LIBRARIES)
            .and()
            .resideOutsideOfPackage("dev.tocsin.notification.email..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jakarta.mail..");

    @ArchTest
    static final ArchRule metersAreTheOnlyOnesThatKnowMicrometer = classes()
            .that()
            .resideInAnyPackage(
                    "dev.tocsin.rpcpool..",
                    "dev.tocsin.coordination..",
                    "dev.tocsin.alerting..",
                    "dev.tocsin.notification..",
                    "dev.tocsin.filters..")
            .and()
            .haveSimpleNameNotContaining("Meters")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("io.micrometer..");
}
