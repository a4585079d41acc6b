package org.align4j;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The package boundaries of DESIGN.md, for the packages that exist.
class ArchitectureTest {
    /// From what uses the most to what uses nothing; packages of one level may use each other,
    /// without cycles.
    private static final List<List<String>> LEVELS = List.of(
            List.of("pipeline"),
            List.of("train", "evaluate"),
            List.of("rl", "teacher", "generate", "peft", "optim", "checkpoint", "run"),
            List.of("loss", "data", "tokenizer", "model", "rating", "world"),
            List.of("nn"),
            List.of("tensor"),
            List.of("config"),
            List.of("error", "random", "parallel"));

    private static JavaClasses classes;

    @BeforeAll
    static void importClasses() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.align4j");
    }

    @Test
    void everyPackageHasItsLevel() {
        List<String> known = LEVELS.stream().flatMap(List::stream).toList();
        assertThat(classes).isNotEmpty().allSatisfy(type -> assertThat(known).contains(topPackage(type)));
    }

    @Test
    void dependenciesRunOneWay() {
        for (int level = 1; level < LEVELS.size(); level++) {
            List<String> above = new ArrayList<>();
            LEVELS.subList(0, level).forEach(above::addAll);
            noClasses()
                    .that(resideInAnyPackage(packages(LEVELS.get(level))))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(packages(above)))
                    .allowEmptyShould(true)
                    .check(classes);
        }
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("org.align4j.(**)").should().beFreeOfCycles().check(classes);
        slices().matching("org.align4j.(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void onlyTensorAndOptimKnowTheNativeLibrary() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.align4j.tensor..", "org.align4j.optim..")
                .should()
                .dependOnClassesThat(resideInAPackage("org.bytedeco.."))
                .check(classes);
    }

    @Test
    void noTrainerUsesAnother() {
        classes()
                .that(nameMatching(".*\\.train\\..*Trainer(\\$.*)?"))
                .should(useNoOtherTrainer())
                .check(classes);
    }

    @Test
    void everyPackageIsNullMarked() {
        assertThat(classes.stream().map(JavaClass::getPackage).distinct())
                .allSatisfy(each -> assertThat(each.isAnnotatedWith(NullMarked.class))
                        .as("%s is @NullMarked", each.getName())
                        .isTrue());
    }

    private static ArchCondition<JavaClass> useNoOtherTrainer() {
        return new ArchCondition<>("use no other trainer") {
            @Override
            public void check(JavaClass trainer, ConditionEvents events) {
                trainer.getDirectDependenciesFromSelf().stream()
                        .filter(dependency -> isTrainer(outermost(dependency.getTargetClass())))
                        .filter(dependency ->
                                !outermost(dependency.getTargetClass()).equals(outermost(trainer)))
                        .forEach(dependency ->
                                events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription())));
            }
        };
    }

    private static boolean isTrainer(String name) {
        return name.startsWith("org.align4j.train.") && name.endsWith("Trainer");
    }

    private static String outermost(JavaClass type) {
        return type.getName().replaceAll("\\$.*", "");
    }

    private static String topPackage(JavaClass type) {
        return type.getPackageName().substring("org.align4j.".length()).replaceAll("\\..*", "");
    }

    private static String[] packages(List<String> names) {
        return names.stream().map(name -> "org.align4j." + name + "..").toArray(String[]::new);
    }
}
