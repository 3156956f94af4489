package dev.tocsin.runner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

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
